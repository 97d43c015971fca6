"""Where a step lies in time: in the call to scale, after it in order."""

from console.builders.look import Look
from console.pictures import times
from console.pictures.runs import Span, StepKind
from runs.models import Step
from voice.models import Call


def took(step: Step, look: Look) -> str:
    if step.ended_at is None:
        return "" if step.state != "waiting" else times.ago(step.started_at, now=look.now)
    return times.took((step.ended_at - step.started_at).total_seconds() * 1000)


def in_call(step: Step, call: Call | None) -> bool:
    """A step that outlives the call belongs to the time after it, unless what waits for a person spans both."""
    if call is None or call.ended_at is None:
        return call is not None
    if step.started_at > call.ended_at:
        return False
    return (
        step.kind in ("proposal", "approval") or (step.ended_at or step.started_at) <= call.ended_at
    )


def span(
    step: Step, call: Call | None, look: Look, *, place: int, count: int, kind: StepKind
) -> Span:
    """In the call to scale; after it in order only."""
    if place >= 0 or call is None:
        width = 1 / max(1, count)
        return Span(zone="after", start=max(0, place) * width, length=width, kind=kind)
    began = call.answered_at or call.rang_at
    whole = max(1.0, ((call.ended_at or look.now) - began).total_seconds())
    start = max(0.0, (step.started_at - began).total_seconds()) / whole
    over = call.ended_at
    ended = step.ended_at or (look.now if step.state == "waiting" else step.started_at)
    if over is not None and ended > over:
        begin = min(start, 1.0)
        return Span(zone="both", start=begin, length=1.0 - begin, kind=kind)
    length = max(0.0, (ended - step.started_at).total_seconds()) / whole
    return Span(
        zone="call", start=min(start, 1.0), length=min(length, 1.0 - min(start, 1.0)), kind=kind
    )
