"""Around the decision: who reviews, what was asked and said, what the other side holds now, what can be edited."""

from dataclasses import dataclass

from console.pictures.diffs import DiffPart
from console.pictures.pieces import Handle, Link, Pill, Tone, When


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow:
    who: str
    kind: str  # "Comment", "Question", "Answer"
    text: str
    at: When


@dataclass(frozen=True, slots=True, kw_only=True)
class EditField:
    """One value as it can be typed. `hint` names the type that it keeps.

    `was` is the text of the version that is edited; `options` (value, word) make it a choice.
    """

    name: str
    label: str
    text: str
    hint: str = ""
    error: str = ""
    was: str = ""
    options: tuple[tuple[str, str], ...] = ()
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversible:
    """What can be done after a confirmation: a button, or why there is none."""

    text: str
    entry: str = ""  # not empty: a reversal can be proposed
    rows: tuple[
        tuple[str, str, str], ...
    ] = ()  # field, as it was confirmed, what would be put back
    link: Link | None = None  # to the effect that changed it since, or to what was proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeChange:
    label: str
    before: tuple[DiffPart, ...]
    after: tuple[DiffPart, ...]
    quote: str = ""  # the caller's words behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeRow:
    """A proposal that can be approved in the same click; `item` names exactly what is shown."""

    item: str  # "PRO-…:version:digest"
    handle: Handle
    title: str
    href: str
    changes: tuple[AlikeChange, ...]
    sent: tuple[tuple[str, str], ...] = ()  # what leaves besides: name and value
    sample: Pill | None = None  # it was drawn: to be opened, or opened


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One that is like the others but for a value: it is decided by itself."""

    handle: Handle
    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """How one of several ended: approved, or why it was not."""

    handle: Handle
    title: str
    href: str
    status: Pill
    text: str
    undo_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Several like proposals in the place of the review: to be approved together, or as they ended."""

    title: str  # "5 proposals: Update contact, Notes"
    text: str
    action: str
    back_href: str
    rows: tuple[AlikeRow, ...] = ()
    results: tuple[BulkResult, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    approve_text: str = ""  # "Approve 5 updates"
    sample_text: str = ""  # not empty: something has to be opened first
    sample_href: str = ""
    next_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    action: str
    may_decide: bool
    may_write: bool
    open: bool
    snoozes: tuple[tuple[int, str], ...] = ()  # minutes that it may rest, in words
    review_text: str = ""  # "Mei Kato is reviewing this. Free in 4 min."
    mine: bool = False
    others: bool = False
    snoozed_text: str = ""
    question_text: str = ""  # not empty: waits for an answer
    remarks: tuple[RemarkRow, ...] = ()
    current_href: str = ""
    reversals: tuple[Reversible, ...] = ()
    waits: tuple[str, ...] = ()  # who is away, who was reminded, who was told


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentValues:
    """A fresh reading of the other side."""

    text: str
    tone: Tone
    rows: tuple[tuple[str, str, str], ...] = ()  # field, as shown, now
    refresh_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One thing that one person was told; `about` names what it is about in words."""

    text: str
    about: str
    href: str
    at: When
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    rows: tuple[NoticeRow, ...]
    read_action: str
