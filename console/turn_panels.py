"""A line of the transcript as the push draws it: the page's own partial."""

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from console.builders import transcript
from console.builders.context import Context
from console.frames import Piece


def row(context: Context, turn_id: uuid.UUID, *, say: bool = False) -> Iterable[Piece]:
    """Nothing for a turn that the call does not have."""
    turn = context.moments.turns.get(turn_id)
    if turn is None:
        return
    drawn = transcript.turn_row(turn, context.script)
    words = "".join(segment.text for segment in drawn.segments)
    yield Piece(
        target="transcript",
        template="live/_turn.html",
        name="turn",
        picture=drawn,
        key=f"turn-{drawn.key}",
        order=drawn.order,
        say=_("%(name)s: %(words)s") % {"name": drawn.name, "words": words}
        if say and words
        else "",
    )
