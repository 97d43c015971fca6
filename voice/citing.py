"""Citing: the heard words of a call as a model reads them, and the way back from its answer to our turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runs import evidence, quotes
from runs.evidence import TurnText
from runs.models import Evidence, Run
from runs.models.evidence import EvidenceSource
from runs.people import Actor
from voice import intake
from voice.models import Call, Turn
from voice.models.turn import Speaker

ANYBODY = tuple(Speaker.values)
CALLER = (str(Speaker.CALLER),)
OUR_SIDE = (str(Speaker.AGENT), str(Speaker.PERSON))


@dataclass(frozen=True, slots=True)
class Line:
    """A turn under a short label: models get long ids wrong."""

    label: str
    turn: Turn
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands. `repaired`: not in the turn that the answer named."""

    turn: TurnText
    repaired: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a call, in order. Words beyond a cut do not exist here."""

    lines: tuple[Line, ...]

    @property
    def caller_spoke(self) -> bool:
        return any(line.turn.speaker == Speaker.CALLER for line in self.lines)

    def text(self) -> str:
        """One line a turn: `T3 caller: …`."""
        return "\n".join(f"{one.label} {one.turn.speaker}: {one.text}" for one in self.lines)

    def find(self, quote: str, label: str, speakers: Sequence[str]) -> Place | None:
        """The named turn if it holds the words; else the newest that does; else None."""
        holders = [
            line
            for line in self.lines
            if line.turn.speaker in speakers and quotes.find(line.text, quote) is not None
        ]
        if not holders:
            return None
        named = next((line for line in holders if line.label == label.strip()), None)
        line = named or holders[-1]
        return Place(intake.turn_texts([line.turn])[0], repaired=named is None)


def heard_of(call: Call) -> Heard:
    spoken = [turn for turn in intake.turns_of(call) if intake.heard_text(turn).strip()]
    return Heard(
        tuple(
            # Line ends inside a turn would look like the next turn.
            Line(f"T{number}", turn, " ".join(intake.heard_text(turn).split()))
            for number, turn in enumerate(spoken, 1)
        )
    )


def cite(run: Run, place: Place, *, quote: str, grade: str, by: Actor, at: datetime) -> Evidence:
    """Evidence for the quote; the same words of the same turn are cited once."""
    span = quotes.find(place.turn.text, quote, before=place.turn.heard_chars)
    if span is not None:
        known = Evidence.objects.filter(
            run=run,
            source=EvidenceSource.TURN,
            turn_id=place.turn.id,
            turn_version=place.turn.version,
            start=span.start,
            end=span.end,
            grade=grade,
        ).first()
        if known is not None:
            return known
    return evidence.quote(run, turns=[place.turn], quote=quote, grade=grade, by=by, at=at)
