"""What a line of the ledger changes on the page of a run."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from console.builders import run_page, steps
from console.builders.context import Context
from console.builders.look import Look
from console.builders.steps import Steps
from console.frames import Frame, Gone, Piece, Topical, frames
from console.pictures.runs import StepRow
from runs.live.feeds import Message
from runs.models import Run

# Lines that change more than a row: the graph, the strip, the delivery of the chosen step.
_WHOLE = ("proposal", "outbox", "outcome", "summary", "run")
_SHOWN = ("step", "call", *_WHOLE)


class Panels:
    """The table and the strip are drawn once a batch, with the last line that changes them."""

    def __init__(
        self, run: Run, call: Context | None, look: Look, messages: Sequence[Message]
    ) -> None:
        self.run = run
        self.call = call
        self.look = look
        self._last = max(
            (int(one["number"]) for one in messages if _noun(one) in _SHOWN), default=0
        )
        self._whole = any(_noun(one) in _WHOLE for one in messages)
        self._calls = any(_noun(one) == "call" for one in messages)
        self._touched = {
            str((one.get("body") or {}).get("step", "")) for one in messages if _noun(one) == "step"
        }

    def numbered(self, topic: Topical, message: Message) -> list[Frame]:
        number = int(message["number"])
        pieces: list[Piece | Gone] = list(self._pieces()) if number == self._last else []
        made = frames(topic, str(message["kind"]), number, str(message.get("at", "")), pieces)
        if number == self._last and self._whole:
            # More than rows changed: the page is read again, at most every few seconds.
            made.append(topic.frame("snapshot.needed"))
        return made

    def unnumbered(self, topic: Topical, message: Message) -> list[Frame]:
        return []

    @cached_property
    def _found(self) -> Steps:
        return steps.read(self.run, self.call, self.look)

    def _pieces(self) -> Iterable[Piece]:
        for row in self._rows():
            yield Piece(
                target="steps",
                template="runs/_step.html",
                name="step",
                picture=row,
                key=f"step-{row.key}",
                order=row.order,
            )
        yield Piece(
            target="run-strip",
            template="runs/_strip.html",
            name="strip",
            picture=run_page.strip(self._found),
            key="run-strip",
        )

    def _rows(self) -> Iterable[StepRow]:
        """Rows that changed; effects with any line of the gate, as their state is not in the step."""
        touched = {steps.key(one) for one in self._found.steps if str(one.id) in self._touched}
        if self._calls:
            touched.add(steps.CALL_KEY)
        for row in steps.rows(self._found):
            if row.key in touched or (self._whole and row.key.startswith("effect-")):
                yield row


def _noun(message: Message) -> str:
    return str(message.get("kind", "")).split(".", 1)[0]
