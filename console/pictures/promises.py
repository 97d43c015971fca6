"""Promises: one row of them, the queue, and the card that is handed to a colleague."""

from dataclasses import dataclass

from console.pictures.lists import FilterForm
from console.pictures.pieces import Banner, Cursor, Empty, Handle, Link, Option, Pill, Topic, When


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseForms:
    """What may be done with a promise now. `action` goes before the verb: `…/promises/<id>/`."""

    action: str
    page: str  # "call" or "list": where the person comes back to
    query: str = ""
    propose: str = ""  # the words of the button; empty: not offered
    propose_off: str = ""  # why not
    settle: bool = False
    reopen: bool = False
    take: bool = False
    let_go: bool = False
    reasons: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    key: str
    order: str
    text: str
    by: str
    status: Pill
    channel: str
    channel_icon: str
    type: str
    due: str = ""  # as it was said
    due_at: When | None = None
    sla: Pill | None = None
    quote: str = ""
    clock: str = ""
    href: str = ""  # the turn
    backing: Handle | None = None
    caller: str = ""
    call_href: str = ""
    owner_key: str = ""
    owner: str = ""
    settled: str = ""  # "Olive Brandt, 14:02: rang the caller"
    forms: PromiseForms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisesOfCall:
    rows: tuple[PromiseRow, ...] = ()
    blocked: str = ""  # "2 promises keep this call from being complete …"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseList:
    rows: tuple[PromiseRow, ...]
    count_text: str
    filters: tuple[Link, ...]
    form: FilterForm
    as_of: When
    banner: Banner | None = None
    cursor: Cursor | None = None
    empty: Empty | None = None
    topic: Topic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A field with its value and the words behind it."""

    label: str
    value: str
    quote: str = ""
    clock: str = ""
    href: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffCard:
    """What a colleague needs who takes over, from the record only. `plain` is all of it as text to copy."""

    reason: str
    bullets: tuple[str, ...]
    fields: tuple[Captured, ...]
    missing: tuple[str, ...]
    promised: tuple[str, ...]
    flags: tuple[str, ...]
    plain: str
