"""Executions of a release: a run begins, finishes its work after the call, and is complete or failed."""

import uuid
from datetime import datetime
from typing import Any

from runs import ledger
from runs.errors import Conflict
from runs.models import Customer, Release, Run
from runs.models.run import RunState
from runs.people import Actor
from runs.releases import content_of


def start(
    release: Release,
    *,
    title: str,
    by: Actor,
    at: datetime,
    call: str = "",
    input: dict[str, Any] | None = None,
    customer: Customer | None = None,
) -> Run:
    """Create a run pinned to the release and write its first line. `call` is the call's public id, if any."""
    workflow = content_of(release).workflow
    run = Run.objects.create(
        workspace_id=release.workspace_id,
        release=release,
        customer=customer,
        title=title,
        input=input or {},
        propose_only=workflow.propose_only,
        started_at=at,
    )
    ledger.append(
        run.id,
        "run.started",
        by=by,
        at=at,
        release=release.number,
        workflow=workflow.name,
        call=call,
    )
    return run


def finish_call(run_id: uuid.UUID) -> None:
    """The call is over; the work after it has not ended yet."""
    Run.objects.filter(id=run_id, state=RunState.RUNNING).update(state=RunState.FINISHING)


def complete(run: Run, *, outcome: int, by: Actor, at: datetime) -> None:
    """All work after the call is recorded. `outcome` is the version of the outcome. Twice is a Conflict."""
    _end(run, RunState.COMPLETED, at)
    ledger.append(run.id, "run.completed", by=by, at=at, outcome=outcome)


def fail(run: Run, *, code: str, by: Actor, at: datetime) -> None:
    """The work after the call could not be done; the record keeps what call facts say."""
    _end(run, RunState.FAILED, at)
    ledger.append(run.id, "run.failed", by=by, at=at, code=code)


def _end(run: Run, state: RunState, at: datetime) -> None:
    open_states = [RunState.RUNNING, RunState.FINISHING]
    changed = Run.objects.filter(id=run.id, state__in=open_states).update(state=state, ended_at=at)
    if not changed:
        raise Conflict("run_is_over", run=run.public_id)
