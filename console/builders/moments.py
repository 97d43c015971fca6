"""Moments of a call: where each turn stands, as mm:ss from the answer, and how to get there."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.pictures.times import mmss
from voice.models import Call, Turn


@dataclass(frozen=True, slots=True)
class Moments:
    """The turns of a call by id. `base` is the address of another page that shows them; empty: this one."""

    call: Call
    turns: dict[uuid.UUID, Turn]
    base: str = ""
    in_order: Sequence[Turn] = field(default=())

    def clock(self, at: datetime) -> str:
        began = self.call.answered_at or self.call.rang_at
        return mmss((at - began).total_seconds())

    def href(self, turn: Turn) -> str:
        return f"{self.base}#turn-{key(turn.id)}"

    def position_at(self, at: datetime) -> int:
        """The turn that was being said at a moment: where a line without a place belongs."""
        places = [turn.position for turn in self.in_order if turn.started_at <= at]
        return max(places, default=0)


def of(call: Call, *, base: str = "") -> Moments:
    """All turns of a call, in one query."""
    turns = list(Turn.objects.filter(call=call).order_by("position"))
    return Moments(call, {turn.id: turn for turn in turns}, base, turns)


def turn_id(text: Any) -> uuid.UUID:
    """The turn that a line names; no turn has the id that a damaged one gets."""
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
