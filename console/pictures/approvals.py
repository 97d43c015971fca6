"""The approvals screen: the queue and, beside it, the one under review."""

from dataclasses import dataclass

from console.pictures.attention import Bulk
from console.pictures.pieces import (
    Avatar,
    Banner,
    Cursor,
    Empty,
    Link,
    Pill,
    Tone,
    Topic,
    When,
)
from console.pictures.review import Review, UndoStrip


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One proposal in the queue. A decided row stays where it is, greyed, at the same height."""

    key: str  # the proposal's public id
    order: str
    href: str
    title: str  # "Update contact · Dana Whitfield"
    text: str  # "4 fields, then a follow-up email"
    age: When
    risk: Pill
    due_text: str = ""  # "24 min left", "Overdue 4 min"
    overdue: bool = False
    conflict: str = ""  # "Conflict" when the far side changed
    viewer: Avatar | None = None
    evidence_count: int = 0
    evidence_words: str = ""  # "3 quotes"
    decided_text: str = ""  # "Approved by you"; not empty: decided
    decided_tone: Tone = "neutral"
    decided_icon: str = "check"
    progress_text: str = ""  # "Sends in 6 s", "Confirmed"
    doubt: bool = False  # a value says something else than the caller's words
    version: int = 1
    current: bool = False

    @property
    def decided(self) -> bool:
        return bool(self.decided_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    rows: tuple[QueueRow, ...]
    tabs: tuple[Link, ...]  # To review, Mine, Decided; each with a count
    filters: tuple[Link, ...] = ()  # All, Due soon, High risk, Doubtful: in the address
    empty: Empty | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsPage:
    """`review` is None when nothing is selected (or the queue is empty).

    `chosen` is True when the address names a proposal: phones then show the review, not the queue.
    """

    queue: Queue
    topic: Topic
    as_of: When
    review: Review | None = None
    bulk: Bulk | None = None  # in the place of the review
    undo: UndoStrip | None = None
    banner: Banner | None = None
    chosen: bool = False
