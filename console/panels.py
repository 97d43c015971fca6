"""What a ledger line changes on a page: the name and picture of each partial, used by page and push alike.

Drawing reads the rows as they are now, so that a line told twice, or late, draws the same.
"""

import uuid
import zoneinfo
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation

from console import call_panels, doc_panels, list_panels, person_panels, run_panels
from console.builders import context as contexts
from console.builders import transcript
from console.builders.context import Context
from console.builders.look import Look
from console.frames import Frame, Topical
from console.pictures import times
from runs import scope, topics
from runs.live.feeds import Message, Topic
from runs.live.resume import in_database
from runs.models import Run, Workspace


@dataclass(frozen=True, slots=True)
class Variant:
    """All viewers of a variant get the same strings. `name` is what they call the topic."""

    name: str
    language: str
    zone: str
    masked: bool
    hours: str = "24"
    edits: bool = False
    minds: bool = False
    whispers: bool = False


async def render(topic: Topic, messages: Sequence[Message], variant: Hashable) -> list[Frame]:
    assert isinstance(variant, Variant)
    made: list[Frame] = await in_database(_render, topic, list(messages), variant)
    return made


def _render(topic: Topic, messages: list[Message], variant: Variant) -> list[Frame]:
    zone = zoneinfo.ZoneInfo(variant.zone)
    with (
        translation.override(variant.language),
        timezone.override(zone),
        times.hours(variant.hours),
    ):
        only_parts = all("turn" in message.get("part", ()) for message in messages)
        if only_parts:
            return [part_frame(Topical(variant.name), message) for message in messages]
        with scope.workspace(topic.workspace_id):
            workspace = Workspace.objects.get(id=topic.workspace_id)
            look = Look(
                workspace=workspace,
                now=scope.now(),
                masked=variant.masked,
                edits=variant.edits,
                minds=variant.minds,
                whispers=variant.whispers,
            )
            if topic.run_id is None:
                name = topic.channel.rsplit(":", 1)[-1]
                if name.startswith(topics.PERSON):
                    return person_panels.frames(
                        Topical(variant.name), name, topic.workspace_id, topics.PERSON
                    )
                return list_panels.frames(Topical(variant.name), name, messages, look)
            return _run_frames(topic.run_id, messages, variant, look)


def _run_frames(
    run_id: uuid.UUID, messages: list[Message], variant: Variant, look: Look
) -> list[Frame]:
    """A page that watches by the call's id shows the call, one that watches by the run's id its steps."""
    topic = Topical(variant.name)
    # A line changes what is near the end; what it names besides is read when it is needed.
    call = contexts.of_run(run_id, look, newest=transcript.MOST_LINES)
    if variant.name.startswith("doc:") and call is not None:
        return _by_lines(topic, messages, doc_panels.Panels(call, messages), call)
    if variant.name.startswith("run:CALL-") and call is not None:
        return _by_lines(topic, messages, call_panels.Panels(call, messages), call)
    run = Run.objects.select_related("release").get(id=run_id)
    return _by_lines(topic, messages, run_panels.Panels(run, call, look, messages), call)


def _by_lines(
    topic: Topical,
    messages: list[Message],
    panels: "call_panels.Panels | doc_panels.Panels | run_panels.Panels",
    call: Context | None,
) -> list[Frame]:
    made: list[Frame] = []
    for message in messages:
        if "turn" in message.get("part", ()):
            made.append(part_frame(topic, message))
        elif "part" in message or "open" in message:
            made += panels.unnumbered(topic, message)
        else:
            made += panels.numbered(topic, message)
    return made


def part_frame(topic: Topical, message: Message) -> Frame:
    """The text so far of a turn that is being spoken: data only, drawn in the browser."""
    part: dict[str, Any] = message["part"]
    data = {"turn": uuid.UUID(str(part["turn"])).hex, "text": str(part.get("text", ""))}
    return topic.frame("turn.partial", None, data=data)
