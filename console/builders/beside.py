"""Beside the evidence: the turns around each quote as they were said, and where the quotes stand in the call."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.utils.translation import ngettext

from approvals.contents import Content
from console.builders import moments, proof, transcript
from console.builders.context import Context
from console.builders.transcript import Mark
from console.pictures import times
from console.pictures.live import TurnRow
from console.pictures.review import Bar, Skipped, Strip
from runs import anchors
from runs.models import Evidence
from voice.models import Turn

BEFORE, AFTER = 1, 2  # turns shown around a quote
HAIR = 0.8  # per cent: what is narrower cannot be seen

Quotes = dict[int, Evidence]


def quotes(content: Content, call: Context | None) -> Quotes:
    """Evidence by its number, as far as it is a quote from this call."""
    if call is None:
        return {}
    wanted = proof.ids(content)
    found = {one.public_id: one for one in Evidence.objects.filter(public_id__in=wanted)}
    known = enumerate((found.get(one) for one in wanted), 1)
    return {
        number: one
        for number, one in known
        if one is not None and one.turn_id is not None and _turn(one) in call.moments.turns
    }


def transcript_around(found: Quotes, call: Context | None) -> tuple[TurnRow | Skipped, ...]:
    """Each quote with its neighbours; what lies between is counted."""
    if call is None or not found:
        return ()
    turns = list(call.moments.in_order)
    places = {turn.id: place for place, turn in enumerate(turns)}
    wanted: set[int] = set()
    for one in found.values():
        at = places[_turn(one)]
        wanted.update(range(max(0, at - BEFORE), min(len(turns), at + AFTER + 1)))
    script = replace(call.script, marks=_marks(found), comment_href="")
    rows: list[TurnRow | Skipped] = []
    last = -1
    for place in sorted(wanted):
        if place > last + 1:
            rows.append(_skipped(place - last - 1, turns[last + 1], call))
        rows.append(transcript.turn_row(turns[place], script))
        last = place
    if last + 1 < len(turns):
        rows.append(_skipped(len(turns) - last - 1, turns[last + 1], call))
    return tuple(rows)


def strip(found: Quotes, call: Context | None) -> Strip | None:
    """The call from its answer to its end, in per cent."""
    if call is None or not found or not call.moments.in_order:
        return None
    turns = list(call.moments.in_order)
    began = call.call.answered_at or call.call.rang_at
    ended = max(call.call.ended_at or turns[-1].started_at, turns[-1].started_at)
    length = max(1.0, (ended - began).total_seconds())

    def bar(turn: Turn, until: datetime, kind: str) -> Bar:
        start = min(max(0.0, (turn.started_at - began).total_seconds() / length), 1.0)
        wide = max(HAIR, (until - turn.started_at).total_seconds() / length * 100 - HAIR / 2)
        x = min(start * 100, 100 - HAIR)
        return Bar(x=round(x, 2), width=round(min(wide, 100 - x), 2), kind=kind)

    ends = [*(turn.started_at for turn in turns[1:]), ended]
    until = {turn.id: end for turn, end in zip(turns, ends, strict=True)}
    return Strip(
        turns=tuple(bar(turn, until[turn.id], turn.speaker) for turn in turns),
        quotes=tuple(
            bar(call.moments.turns[_turn(one)], until[_turn(one)], str(number))
            for number, one in found.items()
        ),
        length=times.mmss(length),
    )


def _turn(one: Evidence) -> uuid.UUID:
    return uuid.UUID(str(one.turn_id))


def _marks(found: Quotes) -> dict[uuid.UUID, list[Mark]]:
    marks: dict[uuid.UUID, list[Mark]] = {}
    for number, one in found.items():
        if one.start is None or one.end is None or anchors.REMOVED in one.data:
            continue
        marks.setdefault(_turn(one), []).append(Mark(one.start, one.end, "evidence", str(number)))
    return marks


def _skipped(count: int, first: Turn, call: Context) -> Skipped:
    text = ngettext("%(n)d turn", "%(n)d turns", count) % {"n": count}
    page = call.look.href("call", call.call.public_id)
    return Skipped(text=text, href=f"{page}#turn-{moments.key(first.id)}")
