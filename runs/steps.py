"""Steps: checkpoints with a key. Asked again with the same key, a step answers with its recorded result."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from runs import canonical, ledger
from runs.errors import Conflict
from runs.models import Run, Step
from runs.models.step import StepState
from runs.people import Actor


def begin(
    run: Run,
    *,
    key: str,
    name: str,
    kind: str,
    arguments: dict[str, Any],
    by: Actor,
    at: datetime,
    parent: Step | None = None,
) -> tuple[Step, bool]:
    """The step of this key, and whether it is new. The same key with other arguments is a Conflict."""
    args_hash = canonical.digest(arguments)
    try:
        with transaction.atomic():
            step = Step.objects.create(
                workspace_id=run.workspace_id,
                run=run,
                step_key=key,
                kind=kind,
                name=name,
                parent=parent,
                arguments=arguments,
                args_hash=args_hash,
                started_at=at,
            )
    except IntegrityError as error:
        # Two workers with one key: the second finds the first one's row after its commit.
        if "runs_step_key_unique" not in str(error):
            raise
        known = Step.objects.get(run=run, step_key=key)
        if bytes(known.args_hash) != args_hash:
            raise Conflict("step_key_reused", key=key, name=known.name) from error
        return known, False
    line = ledger.append(
        run.id, "step.started", by=by, at=at, step=str(step.id), key=key, name=name
    )
    Step.objects.filter(id=step.id).update(number=line.number)
    step.number = line.number
    return step, True


def finish(
    step: Step, *, state: StepState | str, result: dict[str, Any] | None, by: Actor, at: datetime
) -> Step:
    """Record the result. A step that has finished keeps its result: finishing it again is a Conflict.

    A waiting step may finish (its approval came).
    """
    open_states = [StepState.RUNNING, StepState.WAITING]
    ended = None if state == StepState.WAITING else at
    changed = Step.objects.filter(id=step.id, state__in=open_states).update(
        state=state, result=result, ended_at=ended
    )
    if not changed:
        raise Conflict("step_is_over", key=step.step_key)
    ledger.append(
        step.run_id,
        "step.finished",
        by=by,
        at=at,
        step=str(step.id),
        key=step.step_key,
        name=step.name,
        state=str(state),
    )
    step.refresh_from_db()
    return step
