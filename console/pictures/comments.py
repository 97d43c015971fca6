"""Comments on a call: threads by place, and the form that writes one."""

from dataclasses import dataclass

from console.pictures.pieces import Option, When


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    key: str
    who: str
    author: str  # the id of who wrote it: only they see how it is changed
    text: str
    at: When
    edited: bool = False
    deleted: bool = False
    edit_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Everything that was written at one place."""

    anchor: str
    title: str  # "Dana Whitfield, 03:41" or "Budget"
    quote: str = ""
    href: str = ""
    resolved_text: str = ""  # not empty: it is resolved
    rows: tuple[CommentRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """What everybody who watches sees alike."""

    action: str
    threads: tuple[Thread, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentForm:
    """`comment` is the one that is edited; empty: a new one at the chosen place."""

    action: str
    fields: tuple[Option, ...] = ()
    lines: tuple[Option, ...] = ()
    people: tuple[str, ...] = ()
    text: str = ""
    error: str = ""
    comment: str = ""
    cancel_href: str = ""
