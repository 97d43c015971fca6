"""The gate's steps in a run: the wish, the approval it waits for, the effects that follow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from approvals.models import Approval, Joining, OutboxEntry, Proposal
from runs import steps
from runs.ledger import Line
from runs.models import Step
from runs.models.step import StepState
from runs.people import Actor

_OPEN = (StepState.RUNNING, StepState.WAITING)


def ask(proposal: Proposal, *, by: Actor, at: datetime) -> Step:
    """Begin the step that waits for a decision about the current version."""
    key = f"approval:{proposal.public_id}:{proposal.version}"
    # After an undo the same version waits once more: a step of its own.
    earlier = Approval.objects.filter(proposal=proposal, version=proposal.version).count()
    step, _fresh = steps.begin(
        proposal.run,
        key=f"{key}:{earlier + 1}" if earlier else key,
        name="approval",
        kind="approval",
        arguments={"proposal": proposal.public_id, "version": proposal.version},
        parent=proposal.step,
        by=by,
        at=at,
    )
    _wait(step)
    return step


def open_question(proposal: Proposal) -> Step | None:
    """The approval step that still waits."""
    return (
        Step.objects.filter(
            run_id=proposal.run_id,
            kind="approval",
            state=StepState.WAITING,
            arguments__proposal=proposal.public_id,
        )
        .order_by("-number")
        .first()
    )


def answer(
    proposal: Proposal, state: StepState, result: dict[str, Any], *, at: datetime
) -> tuple[Step | None, list[Line]]:
    """End the waiting approval step; the lines are for the caller to append."""
    step = open_question(proposal)
    return step, close([step] if step else [], state, result, at=at)


def effect(entry: OutboxEntry, parent: Step | None, *, by: Actor, at: datetime) -> Step:
    """Begin the step of an effect: it waits until the entry may be sent."""
    step, _fresh = steps.begin(
        entry.run,
        key=effect_key(entry),
        name=entry.action,
        kind="effect",
        arguments={"entry": entry.public_id, "action": entry.action, "target": entry.target},
        parent=parent,
        by=by,
        at=at,
    )
    _wait(step)
    return step


def effect_key(entry: OutboxEntry) -> str:
    return f"effect:{entry.public_id}"


def effects_of(entries: Iterable[OutboxEntry]) -> list[Step]:
    """The open steps of these entries."""
    wanted = {(entry.run_id, effect_key(entry)) for entry in entries}
    found = Step.objects.filter(
        run_id__in={run for run, _ in wanted},
        step_key__in={key for _, key in wanted},
        state__in=_OPEN,
    )
    return [step for step in found if (step.run_id, step.step_key) in wanted]


def wish(proposal: Proposal) -> list[Step]:
    """The steps that wished for it, while they wait for the end of the matter: its own and what joined."""
    joined = Joining.objects.filter(proposal=proposal).values("step_id")
    mine = Q(id=proposal.step_id) | Q(id__in=joined)
    return list(Step.objects.filter(mine, state=StepState.WAITING).order_by("id"))


def close(
    found: Iterable[Step], state: StepState, result: dict[str, Any], *, at: datetime
) -> list[Line]:
    """End steps of one or many runs without a line each in the ledger: lines are appended once, in one
    order of locks, by the caller."""
    lines = []
    for step in found:
        changed = Step.objects.filter(id=step.id, state__in=_OPEN).update(
            state=state, result={**(step.result or {}), **result}, ended_at=at
        )
        if changed:
            body = {
                "step": str(step.id),
                "key": step.step_key,
                "name": step.name,
                "state": str(state),
            }
            lines.append(Line(step.run_id, "step.finished", body))
    return lines


def mark(found: Iterable[Step], state: StepState) -> None:
    """Running while it is sent, waiting between tries."""
    Step.objects.filter(id__in=[step.id for step in found], state__in=_OPEN).update(state=state)


def _wait(step: Step) -> None:
    Step.objects.filter(id=step.id, state=StepState.RUNNING).update(state=StepState.WAITING)
    step.state = StepState.WAITING
