"""The handoff card of a call while its page is open: made when somebody is asked for, kept up to date."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from console.builders import handoff
from console.builders.context import Context
from console.frames import Piece
from console.pictures.promises import HandoffCard

_MOVES = frozenset(
    {"call", "escalation", "evidence", "field", "gap", "handoff", "outbox", "promise", "proposal"}
    | {"summary", "turn"}
)
# A batch of lines has one context, which reads everything once: its card is made once as well.
_made: "WeakKeyDictionary[Context, HandoffCard | None]" = WeakKeyDictionary()


def pieces(kind: str, context: Context) -> Iterable[Piece]:
    """Nothing for lines that change nothing of it, or where nobody was asked for."""
    if kind.split(".", 1)[0] not in _MOVES or kind == "turn.opened":
        return
    if context not in _made:
        _made[context] = handoff.card(context)
    card = _made[context]
    if card is not None:
        yield Piece(
            target="handoffs",
            template="live/_handoff.html",
            name="card",
            picture=card,
            key="handoff",
        )
