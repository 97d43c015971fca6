"""The handoff card of a call while its page is open: made when somebody is asked for, kept up to date."""

from collections.abc import Iterable

from console.builders import handoff
from console.builders.context import Context
from console.frames import Piece

_MOVES = frozenset(
    {"call", "escalation", "evidence", "field", "gap", "handoff", "outbox", "promise", "proposal"}
    | {"summary", "turn"}
)


def moves(kind: str) -> bool:
    """Whether a line of this kind changes something of the card."""
    return kind.split(".", 1)[0] in _MOVES and kind != "turn.opened"


def pieces(context: Context) -> Iterable[Piece]:
    """Nothing where nobody was asked for."""
    card = handoff.card(context)
    if card is not None:
        yield Piece(
            target="handoffs",
            template="live/_handoff.html",
            name="card",
            picture=card,
            key="handoff",
        )
