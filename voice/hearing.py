"""Hearing: what the caller said behind a piece of evidence, for the checks of the gate."""

from collections.abc import Collection

from approvals import hearing
from runs import evidence
from runs.models import Evidence
from voice.models import Turn
from voice.models.turn import Speaker


def words(ids: Collection[str]) -> dict[str, str]:
    """The caller's own words by evidence id, as far as the turn still holds them."""
    found = list(Evidence.objects.filter(public_id__in=ids, turn_id__isnull=False))
    turns = Turn.objects.filter(id__in=[one.turn_id for one in found], speaker=Speaker.CALLER)
    texts = dict(turns.values_list("id", "text"))
    quotes = {
        one.public_id: evidence.words(one, texts[one.turn_id])
        for one in found
        if one.turn_id in texts
    }
    return {public_id: text for public_id, text in quotes.items() if text}


def serve_the_gate() -> None:
    hearing.connect(words)
