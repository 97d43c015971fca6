"""What a played conversation left in the record, compared with what was said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from runs import redaction, scope
from runs.models import Event
from voice.models import Call, Turn
from voice.simulator.playback_turns import read_turns


@dataclass
class Figures:
    """Of one set of conversations; all but the first two and the placeholders must be 0. `silent` counts
    lost turns of calls whose record names no gap."""

    conversations: int = 0
    turns: int = 0
    lost: int = 0
    silent: int = 0
    doubled: int = 0
    out_of_order: int = 0
    different: int = 0
    failed: int = 0
    placeholders: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def clean(self) -> bool:
        wrong = self.lost, self.silent, self.doubled, self.out_of_order, self.different, self.failed
        return not any(wrong)

    def add(self, other: "Figures") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def words(self, name: str) -> str:
        return (
            f"{name:14} {self.conversations:4} {self.turns:6} {self.lost:5} {self.silent:6} {self.doubled:7}"
            f" {self.out_of_order:12} {self.different:9} {len(self.placeholders):12}"
            f" {self.failed:6}"
        )


HEAD = (
    f"{'set':14} {'conv':>4} {'turns':>6} {'lost':>5} {'silent':>6} {'doubled':>7} {'out of order':>12}"
    f" {'different':>9} {'placeholders':>12} {'failed':>6}"
)


def expected(turns: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """(speaker, text) in the order in which speech began."""
    return [(one.side, one.text) for one in read_turns(list(turns))]


def compare(
    source_id: str,
    turns: Sequence[dict[str, Any]],
    said: Sequence[dict[str, Any]],
    rows: Sequence[Turn],
) -> Figures:
    """`said` is the simulator's own account, which names the item of each turn."""
    wanted = expected(turns)
    figures = Figures(conversations=1, turns=len(wanted))
    items = [one["item_id"] for one in said]
    texts = dict(zip(items, wanted, strict=False))
    kept = [row for row in rows if row.item_id in texts]
    figures.lost = len(wanted) - len({row.item_id for row in kept})
    figures.doubled = len(rows) - len({row.item_id for row in kept})
    places = {item: place for place, item in enumerate(items)}
    order = [places[row.item_id] for row in kept]
    figures.out_of_order = sum(a > b for a, b in pairwise(order))
    for row in kept:
        speaker, text = texts[row.item_id]
        if (row.speaker, row.text) == (speaker, text):
            continue
        found = [one[0] for one in redaction.PLACEHOLDER.finditer(row.text)]
        if found and row.speaker == speaker:
            figures.placeholders += [f"{source_id}: {one}" for one in found]
        else:
            figures.different += 1
            figures.notes.append(f"{source_id}: {text!r} is kept as {row.text!r} ({row.state})")
    return figures


def account_of(workspace_id: Any, call_id: str) -> str:
    """How a call ended and what the record says was missed: why turns of it may be lost."""
    with scope.workspace(workspace_id):
        call = Call.objects.filter(provider_call_id=call_id).first()
        if call is None:
            return "never recorded"
        rows = Event.objects.filter(run_id=call.run_id).order_by("number")
        odd = ("gap.noted", "sideband.lost", "sideband.taken_over", "call.missed", "call.ended")
        lines = [row.payload for row in rows if row.kind in odd]
        return f"{call.state} {call.end_reason} gapped={call.gapped} {lines}"


def is_gapped(workspace_id: Any, call_id: str) -> bool:
    with scope.workspace(workspace_id):
        return Call.objects.filter(provider_call_id=call_id, gapped=True).exists()


def rows_of(workspace_id: Any, call_id: str) -> list[Turn]:
    with scope.workspace(workspace_id):
        found = Turn.objects.filter(call__provider_call_id=call_id)
        return list(found.order_by("position"))
