"""What happens to a call's page while somebody has it open: who else edits, newer versions, promises, comments."""

from collections.abc import Iterable, Sequence

from console import comment_panels, handoff_panels
from console.builders import beside_summary, call_page, call_promises
from console.builders.context import Context
from console.frames import Frame, Piece, Topical, frames
from runs import summaries
from runs.live.feeds import Message

_OWED = frozenset({"promise", "proposal", "outbox", "outcome"})


class Panels:
    """Never the text itself: nothing is replaced under the hand of who edits it."""

    def __init__(self, context: Context, messages: Sequence[Message]) -> None:
        self.context = context
        nouns = [str(one.get("kind", "")).split(".", 1)[0] for one in messages]
        # However many lines came at once, promises are drawn with the last that may move them.
        self._last = max(
            (
                int(one["number"])
                for one, noun in zip(messages, nouns, strict=True)
                if noun in _OWED and "number" in one
            ),
            default=0,
        )
        self._piece = Piece(
            target="editors",
            template="calls/_editors.html",
            name="editors",
            picture=beside_summary.editors(context, summaries.latest(context.run)),
            key="editors",
        )

    def numbered(self, topic: Topical, message: Message) -> list[Frame]:
        number, kind = int(message["number"]), str(message["kind"])
        pieces: list[Piece] = [self._piece] if kind.startswith("summary.") else []
        if number == self._last:
            pieces += self._promises()
            if handoff_panels.moves(kind):
                pieces += handoff_panels.pieces(self.context)
        if kind.startswith("comment."):
            anchor = str((message.get("body") or {}).get("anchor", ""))
            pieces += comment_panels.on_page(anchor, self.context)
        return frames(topic, kind, number, str(message.get("at", "")), pieces)

    def unnumbered(self, topic: Topical, message: Message) -> list[Frame]:
        return [topic.piece(self._piece, "presence.changed")]

    def _promises(self) -> Iterable[Piece]:
        found = call_promises.of_call(self.context)
        for row in found.rows:
            yield Piece(
                target="promises",
                template="promises/_row.html",
                name="row",
                picture=row,
                key=f"promise-{row.key}",
                order=row.order,
            )
        blocked = "promises/_blocked.html"
        yield Piece(
            target="promises-of-call",
            template=blocked,
            name="blocked",
            picture=found.blocked,
            key="promises-blocked",
        )
        outcome = call_page.outcome_card(self.context)
        if outcome is not None:
            card = "calls/_outcome.html"
            yield Piece(
                target="outcomes",
                template=card,
                name="outcome",
                picture=outcome,
                key="outcome-card",
            )
