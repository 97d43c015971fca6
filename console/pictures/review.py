"""One proposal under review: what changes, why it waits, what follows, and the proof."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.pictures.attention import Attention, EditField
from console.pictures.diffs import DiffPart
from console.pictures.live import TurnRow
from console.pictures.pieces import Banner, Handle, Link, Pill, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One field: what the CRM holds now and what is proposed. Parts come from `diffs.diff`."""

    key: str
    label: str
    api_name: str
    before: tuple[DiffPart, ...] = ()  # empty: the word "Empty" is shown
    after: tuple[DiffPart, ...] = ()
    evidence: tuple[int, ...] = ()
    note: str = ""  # "No quote behind this value", "Edited there at 14:09"
    note_tone: Tone = "warn"
    unread: bool = False  # nobody knows what the CRM holds: "Not read" is shown
    edit: EditField | None = None  # drawn instead of `after` while somebody edits
    see: bool = False  # high risk: the row must be ticked as seen before it can be approved


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyBox:
    """The rule in words, the policy line as code, then the fact that triggered it."""

    title: str
    rule_code: str = ""
    fact: str = ""
    tone: Tone = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """One value that leaves with an effect and is no field of a record."""

    label: str
    name: str
    value: str
    was: str = ""  # as it was proposed at first, where that is something else
    note: str = ""  # "From the call's customer, by us"
    edit: EditField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One outbox action that an approval releases, in order."""

    title: str
    api_name: str
    icon: str
    text: str = ""  # "to d.whitfield@example, once only"
    timing: str = ""  # "after the hold", "after “Update contact in CRM” is confirmed", "Queued"
    waits: Link | None = None  # to the effect that has to be confirmed first
    sent: tuple[SentRow, ...] = ()  # "What will be sent"
    preview_title: str = ""
    preview: str = ""  # plain text of what will leave


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCard:
    """A numbered quote. `number` is the key that opens it and the number in the diff."""

    number: int
    speaker: str
    quote: str
    clock: str = ""
    grade_words: str = ""  # "Stated", "Confidence 0.96", "Removed by redaction"
    handle: Handle | None = None
    moment_href: str = ""
    supports: str = ""  # "Mobile phone, Preferred channel"
    turn_key: str = ""  # its turn in the part of the transcript that stands beside it
    gone: bool = False  # deleted by retention or redaction: the card says so in `quote`


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One turn or one quote on the strip of the call: per cent of its length, at least a hair wide."""

    x: float
    width: float
    kind: str  # "caller", "agent", "person"; of a quote: its number


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Where the quotes stand in the call: who spoke when, and each quote by its number."""

    turns: tuple[Bar, ...]
    quotes: tuple[Bar, ...]
    length: str  # "03:24"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Turns between two quotes that are not drawn here."""

    text: str  # "12 turns"
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    """A reason to reject: the code that is stored and its word."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Which verbs are open to this person now, and if not, why, who can, what to do.

    `digest` and `version` say exactly what was shown; the server refuses any other.
    """

    action: str  # POST …/decide/
    digest: str
    version: int
    can_approve: bool
    can_reject: bool
    approve_off_reason: str = ""
    reject_off_reason: str = ""
    approve_text: str = ""  # empty: "Approve"
    hold_text: str = ""  # "Held 10 s. You can undo."
    reasons: tuple[ReasonCode, ...] = ()
    note_required: bool = False
    errors: tuple[str, ...] = ()  # 422: shown over the bar
    reason_code: str = ""  # what was chosen and written, kept after an error
    note: str = ""
    note_limit: int = 0
    note_error: str = ""  # 422: shown under the note
    reject_open: bool = False  # the reject panel is open (after an error, or ?reject=1)
    decided: Pill | None = None  # decided already: the bar shows this and `decided_text`
    decided_text: str = ""
    undo_href: str = ""  # decided, and nothing was sent yet
    refresh_action: str = ""  # the far side changed: show it anew, to decide again
    retract_action: str = ""  # this person's yes of several can be taken back
    edit_off_reason: str = ""
    edit_href: str = ""  # "?edit=1"; empty where this person may not edit
    edit_action: str = ""  # not empty: the form of the open edit posts there
    cancel_href: str = ""
    edit_text: str = ""  # "Saved as version 2. Version 1 stays in the run."
    see_all: bool = False  # high risk: each change is ticked as seen first
    progress: str = ""  # "1 of 2 approved; an admin is still needed"

    @property
    def open(self) -> bool:
        return self.decided is None

    @property
    def note_needed(self) -> bool:
        return self.note_required or self.reason_code == "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStrip:
    """After a decision: `seconds_left` runs down to `until`; Hold stops the clock."""

    key: str  # public id of the proposal
    title: str  # "PRO-7K2M9Q4T approved."
    text: str  # "Sends in 6 s."
    state: Literal["running", "held", "sent", "undone"]
    undo_href: str = ""
    hold_href: str = ""
    until: datetime | None = None
    seconds_left: int = 0
    seconds_total: int = 10
    sent_text: str = ""  # shown when the clock has run out: "Queued."


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    handle: Handle
    source: Handle | None  # the call or run it came from
    title: str  # "Update contact Dana Whitfield"
    reason: str  # one sentence
    risk: Pill
    proposed_text: str  # "Proposed 6 min ago by voice.customer_call_flow v12"
    decision: Decision
    changes: tuple[ChangeRow, ...] = ()
    changes_title: str = ""  # "Changes in the CRM"
    changes_count: str = ""  # "4 fields"
    read_text: str = ""  # "CRM values read 14:06, unchanged since. …"
    read_tone: Tone = "neutral"
    due: Pill | None = None
    why: WhyBox | None = None
    attention: Attention | None = None
    effects: tuple[EffectRow, ...] = ()
    effects_title: str = ""  # "What happens when you approve"
    evidence: tuple[EvidenceCard, ...] = ()
    context: tuple[TurnRow | Skipped, ...] = ()  # turns around the quotes
    strip: Strip | None = None
    version: int = 1
    renew_href: str = ""  # this pane anew, which says what changed since it was shown
    reads_now: bool = False  # what the far side holds is asked for once the page stands
    alike_href: str = ""  # to several like this one, where they can be approved together
    alike_text: str = ""  # "Review 5 like this together"
    transcript_href: str = ""
    position_text: str = ""  # "1 of 7"
    previous_href: str = ""
    next_href: str = ""
    back_href: str = ""
    run_href: str = ""
    banner: Banner | None = None  # stale, decided elsewhere, payload changed
    outcome: tuple[Link, ...] = ()  # after the decision: to each outbox entry
    versions_text: str = ""  # "Version 2, edited by Priya N."
