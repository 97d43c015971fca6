"""One call as read for drawing: its run, release, values, turns and lines, each read at most once."""

import uuid
from collections.abc import Mapping
from functools import cached_property

from django.db.models import QuerySet

from console.builders import moments, transcript
from console.builders.look import Look
from console.builders.moments import Moments
from runs import outcomes, releases
from runs.ledger import Written
from runs.models import FieldValue, Promise, Run
from runs.releases import Content
from voice import commands, comments
from voice.models import Call, Command


class Context:
    """`base` is where the transcript is, when it is on another page.

    With `newest` only so many turns are read at once: the last ones, or those before a position.
    """

    def __init__(
        self, call: Call, look: Look, *, base: str = "", newest: int = 0, before: int = 0
    ) -> None:
        self.call = call
        self.look = look
        self.base = base
        self.newest = newest
        self.before = before

    @property
    def run(self) -> Run:
        return self.call.run

    @cached_property
    def content(self) -> Content:
        return releases.content_of(self.run.release)

    @cached_property
    def values(self) -> Mapping[str, FieldValue]:
        return outcomes.current([self.run.id])[self.run.id]

    @cached_property
    def moments(self) -> Moments:
        return moments.of(self.call, base=self.base, newest=self.newest, before=self.before)

    @cached_property
    def events(self) -> list[Written]:
        return transcript.shown_events(self.run.id)

    @cached_property
    def given(self) -> list[Command]:
        """What people asked of the line, oldest first."""
        return commands.of_calls([self.run.id])

    @cached_property
    def promises(self) -> list[Promise]:
        """What is due first stands first."""
        found = Promise.objects.filter(run=self.run).order_by("sort_at", "id")
        return list(found.select_related("run__release", "run__customer", "evidence", "owner"))

    @cached_property
    def caller(self) -> str:
        return self.look.caller(self.call)

    @cached_property
    def script(self) -> transcript.Script:
        raised = [line for line in self.events if line.kind == "escalation.raised"]
        return transcript.Script(
            content=self.content,
            moments=self.moments,
            look=self.look,
            caller=self.caller,
            marks=transcript.marks(self.content, self.values, raised, self.moments),
            parts=transcript.open_parts(self.moments),
            commands={str(one.id): one for one in self.given},
            comments=comments.counts(self.run.id),
            comment_href=self.look.href("call", self.call.public_id),
        )

    @property
    def workflow(self) -> str:
        return f"{self.content.workflow.title} v{self.run.release.number}"

    @property
    def live(self) -> bool:
        return self.call.state in ("ringing", "live")


def of_run(run_id: uuid.UUID, look: Look, *, newest: int = 0) -> Context | None:
    """The call of a run; None where it has none."""
    call = _calls().filter(run_id=run_id).first()
    return Context(call, look, newest=newest) if call is not None else None


def of_call(
    public_id: str, look: Look, *, base: str = "", newest: int = 0, before: int = 0
) -> Context | None:
    call = _calls().filter(public_id=public_id).first()
    if call is None:
        return None
    return Context(call, look, base=base, newest=newest, before=before)


def _calls() -> QuerySet[Call]:
    return Call.objects.select_related("run__release", "run__customer", "customer")
