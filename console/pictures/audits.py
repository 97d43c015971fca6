"""The audit and the reasons behind a value."""

from dataclasses import dataclass

from console.pictures.pieces import Cursor, Empty, Link, Pill, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a sentence; with `href` they are a noun that opens."""

    text: str
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyRow:
    key: str
    at: When
    status: Pill
    sentence: tuple[Piece, ...]
    pack_href: str = ""  # a POST that leaves an entry in the audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyPage:
    customer: str  # as typed
    field: str
    day: str  # 2026-11-24, empty: whenever
    fields: tuple[Choice, ...]
    customers: tuple[Link, ...]  # where several fit what was typed
    title: str
    rows: tuple[WhyRow, ...]
    empty: Empty | None = None
    pack_off: str = ""  # why the pack of an answer is not offered, and for whom it is


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    key: str
    number_text: str  # "12", or that it waits to be sealed
    at: When
    who: str
    who_title: str
    what: str
    code: str
    about: str
    about_href: str
    origin: str
    device: str
    request: str
    request_href: str
    details: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    rows: tuple[AuditRow, ...]
    who: str
    about: str
    since: str
    until: str
    request: str
    actions: tuple[Choice, ...]
    as_of: When
    csv_href: str
    why_href: str
    chain_text: str
    cursor: Cursor | None = None
    empty: Empty | None = None
