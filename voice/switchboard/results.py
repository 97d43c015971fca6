"""What a step wants: records to be kept (in one transaction), then effects to be done (after it)."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from runs.redaction import Hit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger about this call."""

    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TurnOpened:
    turn_id: uuid.UUID
    item_id: str
    speaker: str
    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class TurnPart:
    """`text` is the new chunk, `whole` all that was said so far. `anew`: the chunks before are void."""

    turn_id: uuid.UUID
    speaker: str
    position: int
    part: int
    text: str
    whole: str
    anew: bool = False


@dataclass(frozen=True, slots=True)
class TurnChanged:
    """A new version: `reason` is final, cut, repaired or partial."""

    turn_id: uuid.UUID
    speaker: str
    position: int
    state: str
    version: int
    text: str
    reason: str
    heard_chars: int | None = None
    cut_at_ms: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class TurnRedacted:
    """A late hit: what stands in a turn's text from now on, and which places of it changed."""

    turn_id: uuid.UUID
    position: int
    version: int
    text: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class TurnMoved:
    turn_id: uuid.UUID
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class VoiceState:
    state: str


@dataclass(frozen=True, slots=True)
class Attention:
    """An urgent one takes the place of what brought a person in before."""

    code: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """The side connection stands for the first time: the call is live."""


@dataclass(frozen=True, slots=True)
class Gapped:
    """Something was missed: the transcript says so for good."""

    code: str
    position: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Collected:
    """Digits were typed: how many, how it ended, and what may be kept of them."""

    call_id: str
    field: str
    sensitivity: str
    ended: str
    count: int
    kept: str
    matches: bool | None
    position: int


@dataclass(frozen=True, slots=True)
class Commanded:
    """What became of a command: sent, accepted, done, refused or unknown, and why."""

    command: str
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    reason: str
    state: str = "ended"


@dataclass(frozen=True, slots=True)
class Missed:
    reason: str


Record = (
    Line
    | TurnOpened
    | TurnPart
    | TurnChanged
    | TurnRedacted
    | TurnMoved
    | VoiceState
    | Attention
    | Answered
    | Gapped
    | Collected
    | Commanded
    | Ended
    | Missed
)


@dataclass(frozen=True, slots=True)
class Send:
    """An event for the provider."""

    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunTool:
    call_id: str
    name: str
    arguments: str
    position: int


@dataclass(frozen=True, slots=True)
class HangUp:
    reason: str


@dataclass(frozen=True, slots=True)
class Refer:
    """Ask the provider, once, to hand the line over."""

    command: str
    target: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """An event for the provider that carries out a command: whether it went is told to who asked."""

    command: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the provider made of a command."""

    command: str
    answer: str
    done: bool = True


@dataclass(frozen=True, slots=True)
class Alarm:
    """Come back with this notice after so many seconds."""

    kind: str
    seconds: float


Effect = Send | RunTool | HangUp | Refer | Whisper | Settled | Alarm


@dataclass(slots=True)
class Outcome:
    """What a batch of events led to."""

    records: list[Record] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
