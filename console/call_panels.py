"""What a line of the ledger changes on the page of a live call."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from approvals.models import OutboxEntry, Proposal
from console import comment_panels, field_panels, handoff_panels, turn_panels
from console.builders import actions, live, moments, transcript
from console.builders.context import Context
from console.frames import Frame, Gone, Piece, Topical, frames
from console.words import lines as line_words
from runs.ledger import Written
from runs.live.feeds import Message
from runs.models import Evidence, FieldValue, Step
from voice import commands

_QUIET = 8  # more lines at once are a catch-up: they are shown, not spoken


class Panels:
    """Draws each element once for a batch: with the last line that changes it."""

    def __init__(self, context: Context, messages: Sequence[Message]) -> None:
        self.context = context
        self.quiet = len(messages) > _QUIET
        self._planned: dict[int, list[Piece | Gone]] = {}
        last: dict[str, int] = {}
        for message in messages:
            number = message.get("number")
            if number is None or "kind" not in message:
                continue
            pieces = list(self._pieces(_line(message)))
            self._planned[int(number)] = pieces
            last.update({piece.key: int(number) for piece in pieces})
        for number, pieces in self._planned.items():
            self._planned[number] = [one for one in pieces if last[one.key] == number]
        self._plan_handoff(messages)

    def _plan_handoff(self, messages: Sequence[Message]) -> None:
        """The card is made of nearly everything: once a batch, with the last line that moves it."""
        moving = [
            int(one["number"])
            for one in messages
            if "number" in one and handoff_panels.moves(str(one.get("kind", "")))
        ]
        if moving:
            self._planned[max(moving)] += handoff_panels.pieces(self.context)

    def numbered(self, topic: Topical, message: Message) -> list[Frame]:
        number = int(message["number"])
        pieces = self._planned.get(number, [])
        return frames(topic, str(message["kind"]), number, str(message.get("at", "")), pieces)

    def unnumbered(self, topic: Topical, message: Message) -> list[Frame]:
        if "open" in message:
            parts = [
                topic.frame("turn.partial", data={"turn": moments.key(turn), "text": text})
                for turn, text in self.context.script.parts.items()
            ]
            # Who watches is no line: it is told to who comes, and to who comes back.
            return [*parts, topic.piece(self._bar(), "presence.changed")]
        if message.get("part", {}).get("presence"):
            return [topic.piece(self._bar(), "presence.changed")]
        return [topic.piece(self._state(), "voice.state")]

    def _pieces(self, line: Written) -> Iterable[Piece | Gone]:
        noun = line.kind.split(".", 1)[0]
        if noun == "turn":
            yield from self._turn(line)
        if line.kind in line_words.KINDS:
            yield from self._event(line)
        maker: Any = {
            "field": self._field,
            "evidence": self._evidence,
            "escalation": self._escalation,
            "call": self._call,
            "run": self._call,
            "summary": self._call,
            "step": self._step,
            "proposal": self._proposal,
            "outbox": self._effect,
            "comment": self._comment,
            "command": self._command,
        }.get(noun)
        if maker is not None:
            yield from maker(line)

    def _turn(self, line: Written) -> Iterable[Piece]:
        turn_id = moments.row_id(line.body.get("turn"))
        final = line.kind == "turn.finished"
        yield from turn_panels.row(self.context, turn_id, say=final and not self.quiet)
        if line.kind == "turn.cut":
            yield self._state()

    def _event(self, line: Written) -> Iterable[Piece]:
        row = transcript.event_row(line, self.context.script)
        if row is not None:
            yield Piece(
                target="transcript",
                template="live/_event.html",
                name="event",
                picture=row,
                key=f"event-{row.key}",
                order=row.order,
            )

    def _field(self, line: Written) -> Iterable[Piece]:
        key = str(line.body.get("field", ""))
        yield from field_panels.changed(self.context, key, quiet=self.quiet)
        # A new value takes the mark from the turn that proved the one before.
        proofs = FieldValue.objects.filter(run_id=self.context.run.id, key=key)
        for turn in proofs.exclude(evidence__turn_id=None).values_list(
            "evidence__turn_id", flat=True
        ):
            yield from turn_panels.row(self.context, moments.row_id(turn))

    def _evidence(self, line: Written) -> Iterable[Piece]:
        found = Evidence.objects.filter(public_id=line.body.get("evidence")).first()
        if found is not None and found.turn_id is not None:
            yield from turn_panels.row(self.context, moments.row_id(found.turn_id))

    def _escalation(self, line: Written) -> Iterable[Piece | Gone]:
        trigger = str(line.body.get("trigger", ""))
        if line.kind == "escalation.handled":
            yield self._minding()
        key = f"escalation-{live.escalation_key(trigger)}"
        # Raised again, it is still the first moment that the banner names.
        shown = {one.key: one for one in live.escalations(self.context)}
        picture = shown.get(live.escalation_key(trigger))
        if picture is None:
            yield Gone(key=key)
            return
        yield Piece(
            target="escalations",
            template="live/_escalation.html",
            name="escalation",
            picture=picture,
            key=key,
            say="" if self.quiet else f"{picture.title} {picture.text}",
        )
        yield from turn_panels.row(self.context, moments.row_id(line.body.get("turn")))

    def _call(self, line: Written) -> Iterable[Piece | Gone]:
        bar = live.call_bar(self.context)
        yield self._bar()
        yield self._minding()
        yield self._state()
        if not self.context.live:
            # While it is live the buttons stay as the page drew them: who may end it differs by person.
            dock = "live/_dock.html"
            yield Piece(target="dock", template=dock, name="bar", picture=bar, key="dock")
            # Nobody will ask for what is missing any more.
            yield from field_panels.missing(self.context)
            # Nor can anybody step in: the page of a call that is over shows no banner of it.
            for trigger in self._raised():
                yield Gone(key=f"escalation-{live.escalation_key(trigger)}")
        banner = live.ended_banner(self.context)
        if banner is not None:
            yield Piece(
                target="notices",
                template="parts/_banner.html",
                name="banner",
                picture=banner,
                key="notices",
                say=f"{banner.title} {banner.text}" if line.kind == "call.ended" else "",
            )

    def _command(self, line: Written) -> Iterable[Piece]:
        if line.body.get("verb") == commands.TRANSFER:
            yield self._minding()
        elif line.body.get("verb") == commands.ASK:
            yield from field_panels.missing(self.context)

    def _minding(self) -> Piece:
        return Piece(
            target="minding",
            template="live/_minding.html",
            name="minding",
            picture=live.call_bar(self.context).minding,
            key="minding",
        )

    def _bar(self) -> Piece:
        return Piece(
            target="call-bar",
            template="live/_call_bar.html",
            name="bar",
            picture=live.call_bar(self.context),
            key="call-bar",
        )

    def _raised(self) -> set[str]:
        raised = (one for one in self.context.events if one.kind == "escalation.raised")
        return {str(one.body.get("trigger", "")) for one in raised}

    def _state(self) -> Piece:
        return Piece(
            target="state-bar",
            template="live/_state_bar.html",
            name="state",
            picture=live.state_bar(self.context),
            key="state-bar",
        )

    def _step(self, line: Written) -> Iterable[Piece]:
        step = Step.objects.filter(id=moments.row_id(line.body.get("step"))).first()
        if step is not None and step.kind == "tool" and step.name != "record_field":
            yield _action(actions.tool_row(step, self.context.look))

    def _comment(self, line: Written) -> Iterable[Piece]:
        yield from comment_panels.on_line(str(line.body.get("anchor", "")), self.context)

    def _proposal(self, line: Written) -> Iterable[Piece]:
        found = Proposal.objects.filter(public_id=line.body.get("proposal")).first()
        if found is not None:
            yield _action(actions.proposal_row(found, self.context.look))

    def _effect(self, line: Written) -> Iterable[Piece]:
        found = OutboxEntry.objects.filter(public_id=line.body.get("entry")).first()
        if found is not None:
            yield _action(actions.entry_row(found, self.context.look))


def _action(row: Any) -> Piece:
    return Piece(
        target="actions",
        template="live/_action.html",
        name="action",
        picture=row,
        key=f"action-{row.key}",
        order=row.order,
    )


def _line(message: Message) -> Written:
    return Written(
        uuid.UUID(int=0),
        moments.row_id(message.get("run")),
        int(message["number"]),
        str(message["kind"]),
        datetime.fromisoformat(str(message["at"]).replace("Z", "+00:00")),
        str(message.get("by", "")),
        dict(message.get("body") or {}),
    )
