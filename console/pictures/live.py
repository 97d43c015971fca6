"""One live call: who is on it, what is said, what it needs."""

from dataclasses import dataclass
from typing import Literal

from console.pictures.intake import ActionRow, CallerCard, Intake
from console.pictures.pieces import (
    Avatar,
    Banner,
    Handle,
    Link,
    Option,
    Stat,
    Timer,
    Tone,
    Topic,
    VoiceState,
    When,
)
from console.pictures.promises import HandoffCard
from console.pictures.wall import TileGroup

Speaker = Literal["caller", "agent", "person", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    code: str
    text: str  # "Caller upset"
    note: str
    by: str  # "Lena Fischer, 14:05"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """The newest transfer of a call, while it is under way or needs somebody."""

    title: str  # "To Emergency desk"
    text: str
    tone: Tone = "neutral"
    destination: str = ""  # again: the key of where it was to go
    again: str = ""  # names the second try: whoever presses first, it is one
    trigger: str = ""  # why the call needs somebody; empty: it is under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Minding:
    """Who has the call and what is up on it: the same for everybody who watches."""

    action: str  # POST: claim, release, flag, unflag, handle, whisper, transfer
    claimed_by: str = ""  # the person's id; empty: nobody
    claimed_text: str = ""  # "Lena Fischer has this call until 14:20"
    given_by: str = ""  # the id of who gave it to them, and can take it back
    people: tuple[Option, ...] = ()  # to whom it can be given
    flags: tuple[FlagRow, ...] = ()
    reasons: tuple[Option, ...] = ()
    transfer: TransferRow | None = None
    destinations: tuple[Option, ...] = ()  # where the call may be handed over to
    may: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBar:
    """Head and foot of the call pane. Buttons exist only for what this line can really do."""

    name: str
    workflow: str  # "Project intake v12"
    handle: Handle
    timer: Timer
    live: bool = True
    number_masked: str = ""
    masked: bool = False  # whether anything of the number is left out
    reveal_href: str = ""  # a POST that is audited; empty: the mask stays
    watchers: tuple[Avatar, ...] = ()
    watching_words: str = ""  # "2 watching"
    back_href: str = ""  # phones: to the wall
    run_href: str = ""
    summary_href: str = ""
    can_end: bool = False
    can_whisper: bool = False
    whisper_key: str = ""  # makes one command of a form that is sent twice
    whisper_typed: str = ""
    off_reason: str = ""  # why the verbs are off
    end_href: str = ""
    end_asks: str = ""  # the question before the call is ended
    end_reasons: tuple[Option, ...] = ()
    minding: Minding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBar:
    """What the line does now. `levels` are 0..100, newest last; empty where nothing measures."""

    state: VoiceState
    stats: tuple[Stat, ...] = ()  # First response, Interruptions, Longest silence
    levels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Shown only while open; afterwards it is an event line of the transcript."""

    key: str
    title: str
    text: str
    tone: Tone = "bad"
    raised: When | None = None
    links: tuple[Link, ...] = ()
    action: str = ""  # POST with the trigger: somebody took care of it
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a turn. With a `mark` it is evidence and `label` names what for."""

    text: str
    mark: Literal["", "evidence", "escalation", "quote", "redacted"] = ""
    label: str = ""
    anchor: str = ""  # id of this stretch, target of "show me where"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One thing said by one side; placed by when speech began (`order`), never by arrival."""

    key: str
    order: str
    clock: str  # "03:41" from answer
    speaker: Speaker
    name: str
    segments: tuple[Segment, ...] = ()
    cut_text: str = ""  # generated and never heard; shown struck through
    cut_title: str = ""
    state: Literal["reserved", "partial", "final", "cut", "gap"] = "final"
    waiting_text: str = ""  # reserved: "Dana is speaking"
    note: str = ""  # "Redacted", "Edited", "Low confidence 0.71, noise"
    moment_href: str = ""
    lang: str = ""
    comment_href: str = ""  # where one writes about it
    comment_words: str = ""
    comments: int = 0
    kind: Literal["turn"] = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One quiet line between the turns: noise, tool, escalation, keypad, gap."""

    key: str
    order: str
    title: str
    text: str
    icon: str
    tone: Tone = "neutral"
    clock: str = ""
    kind: Literal["event"] = "event"


Line = TurnRow | EventRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The turns before the first one that is shown."""

    link: Link
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    bar: CallBar
    state: StateBar
    lines: tuple[Line, ...]
    intake: Intake
    topic: Topic
    as_of: When
    caller: CallerCard | None = None
    forbidden: tuple[str, ...] = ()  # what the agent may not decide or promise
    actions: tuple[ActionRow, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    groups: tuple[TileGroup, ...] = ()  # the list on the left
    wall_topic: Topic | None = None  # keeps that list live; its `after` is the wall's version
    calls_count: int = 0
    calls_more: bool = False  # the list does not show them all: the page counts no rows
    banner: Banner | None = None  # "Call ended 14:11:52. Summary in progress."
    earlier: Earlier | None = None  # of a long call only a stretch is drawn
    later: Link | None = None  # the stretch is not the end of it
    handoff: HandoffCard | None = None
