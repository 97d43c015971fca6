"""Moments of a call: where each turn stands, as mm:ss from the answer, and how to get there."""

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from console.pictures.times import mmss
from voice.models import Call, Turn


class Turns:
    """Turns by their id. Of a long call only some are read at once, any other when it is asked for."""

    def __init__(self, call: Call, known: Iterable[Turn], *, whole: bool) -> None:
        self._call, self._whole = call, whole
        self._known = {turn.id: turn for turn in known}

    def get(self, wanted: uuid.UUID) -> Turn | None:
        if wanted not in self._known and not self._whole and wanted.int:
            self._known.update(Turn.objects.filter(call=self._call, id=wanted).in_bulk())
        return self._known.get(wanted)

    def __contains__(self, wanted: uuid.UUID) -> bool:
        return self.get(wanted) is not None

    def __getitem__(self, wanted: uuid.UUID) -> Turn:
        found = self.get(wanted)
        if found is None:
            raise KeyError(wanted)
        return found


@dataclass(frozen=True, slots=True)
class Moments:
    """The turns of a call by id. `base` is the address of another page that shows them; empty: this one.

    `in_order` may be a stretch of a long call: `reaches_back` to its first word, or ending `before` a position.
    """

    call: Call
    turns: Turns
    base: str = ""
    in_order: Sequence[Turn] = field(default=())
    whole: bool = True
    reaches_back: bool = True
    before: int = 0
    _begun: list[tuple[datetime, int]] = field(default_factory=list)

    def clock(self, at: datetime) -> str:
        began = self.call.answered_at or self.call.rang_at
        return mmss((at - began).total_seconds())

    def href(self, turn: Turn) -> str:
        return f"{self.base}#turn-{key(turn.id)}"

    def position_at(self, at: datetime) -> int:
        """The turn that was being said at a moment: where a line without a place belongs."""
        inside = self.whole or (not self.before and self.in_order and at >= self._since())
        if inside:
            places = [turn.position for turn in self.in_order if turn.started_at <= at]
            return max(places, default=0)
        if not self._begun:
            self._begun.extend(_begun(self.call))
        found = bisect_right(self._begun, (at, 1 << 62)) - 1
        return self._begun[found][1] if found >= 0 else 0

    def first(self, speaker: str) -> datetime | None:
        """When this side began to speak for the first time."""
        if self.whole:
            said = [turn.started_at for turn in self.in_order if turn.speaker == speaker]
            return min(said, default=None)
        turns = _of(self.call).filter(speaker=speaker).order_by("position")
        return turns.values_list("started_at", flat=True).first()

    def _since(self) -> datetime:
        return min(turn.started_at for turn in self.in_order)


def of(call: Call, *, base: str = "", newest: int = 0, before: int = 0) -> Moments:
    """The turns of a call, in one query: all, or the `newest` of those before a position."""
    found = _of(call)
    if not newest:
        turns = list(found.order_by("position"))
        return Moments(call, Turns(call, turns, whole=True), base, turns)
    found = found.filter(position__lt=before) if before else found
    turns = list(found.order_by("-position")[: newest + 1])[::-1]
    back = len(turns) <= newest
    whole, turns = back and not before, turns[-newest:]
    return Moments(call, Turns(call, turns, whole=whole), base, turns, whole, back, before)


def _of(call: Call) -> QuerySet[Turn]:
    # Named besides the scope: only an equality lets Postgres read a call's turns in their order.
    return Turn.objects.filter(workspace_id=call.workspace_id, call=call)


def _begun(call: Call) -> Iterable[tuple[datetime, int]]:
    """When each turn began, in that order, with the farthest position that was reached by then."""
    farthest = 0
    turns = Turn.objects.filter(call=call).order_by("started_at")
    for at, position in turns.values_list("started_at", "position"):
        farthest = max(farthest, position)
        yield at, farthest


def row_id(text: Any) -> uuid.UUID:
    """The row that a line names; none has the id that a damaged one gets."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return uuid.UUID(int=0)


def key(turn_id: uuid.UUID | str) -> str:
    """A turn's id as it stands in ids of the page."""
    return uuid.UUID(str(turn_id)).hex


def order(position: int) -> str:
    """Sortable text of a place in the call."""
    return f"{position:016d}"
