"""The gate's steps in a run: the wish, the approval it waits for, the effects that follow."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from approvals.models import Approval, Joining, OutboxEntry, Proposal
from runs import steps
from runs.ledger import Line
from runs.models import Step
from runs.models.step import StepState
from runs.people import Actor

_OPEN = (StepState.RUNNING, StepState.WAITING)

# Locked in one order: two workers that end the wishes of the same approvals do not wait in a ring.
_CLOSE = """
    WITH mine AS MATERIALIZED (
        SELECT id FROM runs_step WHERE id = ANY(%s) AND state IN ('running', 'waiting')
         ORDER BY id FOR NO KEY UPDATE)
    UPDATE runs_step s SET state = u.state, ended_at = u.at,
           result = CASE jsonb_typeof(s.result) WHEN 'object' THEN s.result ELSE '{}' END
                    || u.result::jsonb
      FROM mine JOIN (SELECT *, %s::timestamptz AS at
                        FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS t (id, state, result)) u
             USING (id)
     WHERE s.id = mine.id
    RETURNING s.id
"""


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
    return wishes([proposal])


def wishes(proposals: Iterable[Proposal]) -> list[Step]:
    """As `wish`, of many."""
    asked = {proposal.id: proposal.step_id for proposal in proposals}
    joined = Joining.objects.filter(proposal_id__in=asked).values("step_id")
    mine = Q(id__in=asked.values()) | Q(id__in=joined)
    return list(Step.objects.filter(mine, state=StepState.WAITING).order_by("id"))


def close(
    found: Iterable[Step], state: StepState, result: dict[str, Any], *, at: datetime
) -> list[Line]:
    """End steps of one or many runs without a line each in the ledger: lines are appended once, in one
    order of locks, by the caller."""
    return close_each([(step, state, result) for step in found], at=at)


def close_each(
    endings: Sequence[tuple[Step, StepState, dict[str, Any]]], *, at: datetime
) -> list[Line]:
    """As `close`, each with a state and a result of its own."""
    if not endings:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSE,
            [
                [step.id for step, _state, _result in endings],
                at,
                [step.id for step, _state, _result in endings],
                [str(state) for _step, state, _result in endings],
                [json.dumps(result) for _step, _state, result in endings],
            ],
        )
        ended = {row[0] for row in cursor.fetchall()}
    return [_finished(step, state) for step, state, _result in endings if step.id in ended]


def _finished(step: Step, state: StepState) -> Line:
    body = {"step": str(step.id), "key": step.step_key, "name": step.name, "state": str(state)}
    return Line(step.run_id, "step.finished", body)


def mark(found: Iterable[Step], state: StepState) -> None:
    """Running while it is sent, waiting between tries."""
    Step.objects.filter(id__in=[step.id for step in found], state__in=_OPEN).update(state=state)


def _wait(step: Step) -> None:
    Step.objects.filter(id=step.id, state=StepState.RUNNING).update(state=StepState.WAITING)
    step.state = StepState.WAITING
