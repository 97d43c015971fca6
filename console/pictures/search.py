"""What a search found, for its page and for the command menu."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One way to go: `note` says what kind of thing it is or what state it is in."""

    key: str
    icon: str
    title: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    key: str
    title: str
    items: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """`count_text` is the result in words, read aloud when it changes."""

    text: str
    groups: tuple[FoundGroup, ...]
    count_text: str
    hint: str
