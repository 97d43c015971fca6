"""Effects on their way out of the house."""

from dataclasses import dataclass

from console.pictures.pieces import Cursor, Empty, Handle, Link, Pill, Topic, When
from console.pictures.runs import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    key: str
    order: str
    href: str
    title: str  # "Update contact in CRM"
    api_name: str
    recipient: str  # masked where it is a person's address
    status: Pill
    text: str  # the reason in words: "503 from provider. Safe to retry"
    at: When
    handle: Handle
    attempts_text: str = ""
    external_id: str = ""
    icon: str = "send"
    proposal: Handle | None = None
    run: Handle | None = None
    links: tuple[Link, ...] = ()  # Retry now, Cancel action: only what is possible
    delivery: Delivery | None = None  # unfolded


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxGroup:
    key: str  # needs_you, retrying, held, confirmed
    title: str
    rows: tuple[OutboxRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPage:
    groups: tuple[OutboxGroup, ...]
    topic: Topic
    as_of: When
    empty: Empty | None = None
    cursor: Cursor | None = None
