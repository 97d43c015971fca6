"""The calls list and the page of one call with its summary."""

from dataclasses import dataclass, field

from console.pictures.comments import CommentForm, Comments
from console.pictures.diffs import DiffPart
from console.pictures.intake import Intake
from console.pictures.lists import FilterForm, KeptViews
from console.pictures.live import Line
from console.pictures.pieces import (
    Banner,
    Cursor,
    Empty,
    Handle,
    Link,
    Option,
    Pill,
    Stat,
    Tone,
    Topic,
    When,
)
from console.pictures.promises import HandoffCard, PromisesOfCall


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPart:
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody looked for, as it was said: the sentence in pieces, and the way to its turn."""

    parts: tuple[SaidPart, ...]
    href: str
    speaker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallListRow:
    key: str
    href: str
    when: When
    caller: str
    direction: str  # "Inbound"
    line: str  # the number or name that was called
    workflow: str
    outcome: Pill
    record_text: str  # "6 of 6"
    summary: Pill
    proposals_text: str = ""  # "1 waiting"
    length: str = ""  # "4 min 12 s"
    person: str = ""
    handle: Handle | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallList:
    rows: tuple[CallListRow, ...]
    as_of: When
    filters: tuple[Link, ...] = ()  # ready-made query strings; the chosen one is `current`
    query: str = ""
    form: FilterForm | None = None
    views: KeptViews | None = None
    count_text: str = ""
    cursor: Cursor | None = None
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The number inside the sentence; leads to the turn it rests on."""

    number: int
    href: str
    title: str = ""  # "Dana Whitfield at 00:48"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence without citations is marked: it has no quote behind it."""

    text: str
    citations: tuple[Citation, ...] = ()
    needs_quote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySection:
    key: str  # also the name of its text area
    title: str
    sentences: tuple[Sentence, ...] = ()
    text: str = ""  # the plain text, as it is edited
    source: Pill | None = None  # "From the agent", "Edited by Priya N."
    changes: tuple[DiffPart, ...] = ()  # against the agent's draft; empty: none
    editing: bool = False
    edit_href: str = ""  # GET, opens this section for editing; empty: not allowed
    limit: int = 800
    note: str = ""  # "Last sentence has no quote behind it. …"
    held_text: str = ""  # "Lena Fischer is editing this": read-only meanwhile
    base_version: int = 0  # what the text in the form was made on
    draft_text: str = ""  # "Your unsaved text of 14:05 is kept."
    kept_words: str = ""  # while editing: "Saved as a draft at 14:05"
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryVersion:
    text: str  # "Version 2, draft"
    note: str  # "Priya N., 2 sections"
    at: When
    icon: str = "bot"
    href: str = ""
    current: bool = False
    compare_href: str = ""  # beside the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryForm:
    """Where the summary's forms go; `base_version` is what the person looked at."""

    edit_action: str  # POST …/summary/
    approve_action: str  # POST …/summary/approve/
    base_version: int
    digest: str = ""
    can_edit: bool = False
    can_approve: bool = False
    approve_off_reason: str = ""
    discard_href: str = ""
    discard_action: str = ""  # POST: one's draft is thrown away
    draft_action: str = ""  # POST, answered as JSON: what is typed is kept
    restore_action: str = ""
    evidence_action: str = ""
    targets: tuple[Option, ...] = ()  # what chosen words can stand behind
    reopen_href: str = ""  # approved: how to go on with a new version
    reopening: bool = False
    compare_href: str = ""
    approved_text: str = ""  # "Approved by Lena Fischer, 14:20": no bar of buttons any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A section in two versions, side by side."""

    title: str
    before: tuple[DiffPart, ...]
    after: tuple[DiffPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    before: str  # "Version 1, intake"
    after: str
    sections: tuple[Compared, ...]
    same: bool = False
    restore: int = 0  # the version that can be restored; 0: none


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRow:
    """One thing that was relied on: a quote or a value of another system."""

    title: str
    text: str
    source: str
    at: When
    handle: Handle
    href: str = ""
    uses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """One change that a person, the agent or an effect made."""

    title: str
    text: str
    by: str
    at: When
    icon: str
    tone: Tone = "neutral"
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCard:
    status: Pill
    rows: tuple[Stat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLink:
    """A proposal that this call or run led to."""

    handle: Handle
    title: str
    status: Pill
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    person: str  # the person's id: nobody is told of themselves
    text: str  # "Lena Fischer edits Reason for the call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Editors:
    """Who else is in this summary, and whether it moved on since the page was drawn."""

    people: tuple[Editor, ...] = ()
    version: int = 0
    newer_text: str = ""  # "Version 3 was saved by Olive Brandt"
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    name: str
    handle: Handle
    facts: tuple[str, ...]  # date and time, length, number: shown with dots between
    lines: tuple[Line, ...]
    sections: tuple[SummarySection, ...]
    intake: Intake
    as_of: When
    summary_status: Pill | None = None  # "Draft, version 2"
    summary_empty: Empty | None = None  # "Summary in progress."
    form: SummaryForm | None = None
    outcome: OutcomeCard | None = None
    versions: tuple[SummaryVersion, ...] = ()
    promised: PromisesOfCall = field(default_factory=lambda: PromisesOfCall())
    handoff: HandoffCard | None = None
    proposals: tuple[ProposalLink, ...] = ()
    audio_text: str = ""  # why there is no player: "Recording is not kept for this workspace."
    audio_tone: Tone = "neutral"
    run_href: str = ""
    live_href: str = ""  # while the call is still live
    back_href: str = ""
    earlier: Link | None = None
    banner: Banner | None = None
    topic: Topic | None = None
    tabs: tuple[Link, ...] = ()
    tab: str = "summary"
    editors: Editors = field(default_factory=lambda: Editors())
    comparison: Comparison | None = None
    used: tuple[UsedRow, ...] = ()
    changed: tuple[ChangedRow, ...] = ()
    more: Link | None = None
    typed_words: str = ""  # words that were chosen as evidence and refused
    comments: Comments | None = None
    comment_form: CommentForm | None = None
