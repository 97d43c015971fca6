"""What stands over a list: its filters as a form, and the views that people keep of it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterField:
    """One filter; `error` says what is wrong with what was typed."""

    name: str
    label: str
    kind: Literal["select", "date", "search"]
    value: str = ""
    options: tuple[Option, ...] = ()
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """A GET form: what is chosen stands in the address. `state` is the tab, kept when it is sent."""

    fields: tuple[FilterField, ...]
    action: str
    state: str = ""
    count: int = 0  # how many filters are on
    count_words: str = ""
    clear_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    text: str
    href: str
    shared: bool = False
    current: bool = False
    note: str = ""  # who shared it
    remove_href: str = ""  # POST; empty: not this person's to take away
    remove_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptViews:
    """`save_href` takes a name for what the address asks for now."""

    items: tuple[KeptView, ...]
    save_href: str
    query: str = ""
    current: str = ""
