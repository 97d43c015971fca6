"""A run step by step: one line of its ledger, and everything as it stood then."""

from dataclasses import dataclass

from console.pictures.pieces import Empty, Handle, Link, Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayLine:
    """A line of the ledger in words; `kind` is its name for other systems."""

    number: int
    title: str
    kind: str
    clock: str
    href: str
    by: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThenRow:
    """One thing as it stood then. `changed`: by this very line. `cut` was said and never heard."""

    key: str
    label: str
    value: str
    status: Pill | None = None
    changed: bool = False
    cut: str = ""
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThenPart:
    key: str
    title: str
    rows: tuple[ThenRow, ...]
    count_text: str = ""
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPage:
    title: str
    handle: Handle
    number: int
    last: int
    text: str  # "Line 12 of 48"
    line: ReplayLine
    lines: tuple[ReplayLine, ...]  # around it, oldest first
    parts: tuple[ThenPart, ...]
    back: Link
    first_href: str = ""
    previous_href: str = ""
    next_href: str = ""
    last_href: str = ""
