"""What a switchboard knows of a call between two events. Values only: a step makes a new one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from runs.redaction import Known
from voice.dtmf import Collection
from voice.transcripts import STEP


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Speech:
    """A turn in the making. `text` is all of it so far, `parted` how much of that watchers were sent.

    `told` is what they have, after redaction. `source` knows the words of a redacted turn again.
    """

    id: uuid.UUID
    item_id: str
    speaker: Literal["caller", "agent"]
    position: int
    state: str = "reserved"
    version: int = 0
    text: str = ""
    parted: int = 0
    parts: int = 0
    parted_ms: int = 0
    response_id: str = ""
    told: str = ""
    grew_ms: int = 0
    source: bytes = b""

    @property
    def open(self) -> bool:
        return self.state == "reserved"


@dataclass(frozen=True, slots=True)
class Slot:
    """The one response that may be active: free, asked for by us, or active (whoever asked)."""

    state: Literal["free", "asked", "active"] = "free"
    event_id: str = ""
    response_id: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A call of a tool: answered when its output was sent, taken when the provider has it."""

    call_id: str
    item_id: str
    response_id: str
    answered: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """The command that hands the call over, and how far it is: doubt is where nobody knows whether it was done."""

    command: str
    target: str = ""
    phase: Literal["waiting", "sent", "accepted", "doubt"] = "waiting"
    watch_s: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """`playing` maps responses whose audio is not over to when it began (None: not yet begun).

    `speaking` is the item of the speech that goes on, `toned` are speeches with keys in them: tones are heard as
    speech. `hushed`: what the provider says next would answer such a one.
    `ahead` are keys that nobody asked for yet, `known` the numbers that nobody may write down,
    `untaken` items with what was typed that the provider has not taken yet.
    `handed` are commands that were taken up, though a round that began earlier may still tell them as waiting.
    `whispers` maps items that the provider has not taken yet to the commands that they carry out.
    """

    greeting: str = ""
    speeches: Mapping[str, Speech] = field(default_factory=_empty)
    before: Mapping[str, str] = field(default_factory=_empty)
    owners: Mapping[str, str] = field(default_factory=_empty)
    gapped: bool = False
    sought: frozenset[str] = frozenset()
    silences: frozenset[str] = frozenset()
    tools: Mapping[str, Tool] = field(default_factory=_empty)
    whispers: Mapping[str, str] = field(default_factory=_empty)
    playing: Mapping[str, int | None] = field(default_factory=_empty)
    voice: str = "connecting"
    slot: Slot = Slot()
    wanted: tuple[str, ...] = ()
    sent: int = 0
    empties: int = 0
    silent_in_a_row: int = 0
    failures: int = 0
    caller_spoke: bool = False
    speaking: str = ""
    toned: frozenset[str] = frozenset()
    hushed: bool = False
    keys: int = 0
    keys_ms: int = 0
    ahead: str = field(default="", repr=False)
    collection: Collection | None = None
    collecting_ms: int = 0
    known: tuple[Known, ...] = ()
    untaken: Mapping[str, dict[str, Any]] = field(default_factory=_empty, repr=False)
    variables: Mapping[str, str] = field(default_factory=_empty)
    transfer: Transfer | None = None
    handed: frozenset[str] = frozenset()
    ending: str = ""
    last_words: Literal["", "awaited", "over"] = ""
    hanging_up: bool = False

    @property
    def last_position(self) -> int:
        return max((speech.position for speech in self.speeches.values()), default=0)

    @property
    def next_position(self) -> int:
        return self.last_position + STEP

    def by_response(self, response_id: str) -> Speech | None:
        found = [s for s in self.speeches.values() if s.response_id == response_id]
        return found[-1] if found else None
