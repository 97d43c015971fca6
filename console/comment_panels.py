"""What a line about a comment changes on open pages: the comments of the call, and the line it is about."""

import uuid
from collections.abc import Iterable

from console import turn_panels
from console.builders import comments
from console.builders.context import Context
from console.frames import Piece


def on_page(anchor: str, context: Context) -> Iterable[Piece]:
    """For the page of the call."""
    yield Piece(
        target="comments",
        template="calls/_comments.html",
        name="comments",
        picture=comments.panel(context),
        key="comments",
    )
    yield from on_line(anchor, context)


def on_line(anchor: str, context: Context) -> Iterable[Piece]:
    """The turn with its count; nothing for a field."""
    kind, _colon, key = anchor.partition(":")
    if kind == "turn":
        yield from turn_panels.row(context, uuid.UUID(hex=key))
