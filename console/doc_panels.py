"""What happens to a summary while somebody has its page open: who else edits, and newer versions."""

from collections.abc import Sequence

from console.builders import beside_summary
from console.builders.context import Context
from console.frames import Frame, Piece, Topical, frames
from runs import summaries
from runs.live.feeds import Message


class Panels:
    """Never the text itself: nothing is replaced under the hand of who edits it."""

    def __init__(self, context: Context, messages: Sequence[Message]) -> None:
        self.context = context
        self._piece = Piece(
            target="editors",
            template="calls/_editors.html",
            name="editors",
            picture=beside_summary.editors(context, summaries.latest(context.run)),
            key="editors",
        )

    def numbered(self, topic: Topical, message: Message) -> list[Frame]:
        number, kind = int(message["number"]), str(message["kind"])
        pieces = [self._piece] if kind.startswith("summary.") else []
        return frames(topic, kind, number, str(message.get("at", "")), pieces)

    def unnumbered(self, topic: Topical, message: Message) -> list[Frame]:
        return [topic.piece(self._piece, "presence.changed")]
