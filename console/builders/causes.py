"""Why a call asks for a person: the words that were said when it began to."""

import uuid
from collections.abc import Sequence

from django.utils.text import Truncator

from console.builders import moments
from runs import ledger
from voice.models import Call, Turn

MOST = 160


def of_calls(calls: Sequence[Call]) -> dict[uuid.UUID, str]:
    """The sentence behind the newest reason of each call that has one. Two queries for all."""
    runs = {call.run_id: call for call in calls}
    turns: dict[uuid.UUID, uuid.UUID] = {}
    for line in ledger.of_kinds("escalation.raised", runs=list(runs)):
        call = runs[line.run_id]
        if call.attention in (line.body.get("trigger"), ""):
            turns[call.id] = moments.row_id(line.body.get("turn"))
    texts = dict(Turn.objects.filter(id__in=turns.values()).values_list("id", "text"))
    return {
        call_id: Truncator(texts[turn]).chars(MOST)
        for call_id, turn in turns.items()
        if texts.get(turn)
    }
