"""Celery's names of what a call needs in the background. Rows say what is due; a task only comes sooner."""

import uuid
from typing import Any

from celery import shared_task

from runs import scope
from runs.crashpoints import crashpoint
from runs.tasks import BELL_LIFE_S, RowTask


@shared_task(base=RowTask, name="voice.after_call")
def after_call(*, workspace_id: str, id: str, **future: Any) -> bool:
    """The work after one call, or as much of it as fits into one task."""
    from voice import after_call as work

    return work.run(uuid.UUID(workspace_id), uuid.UUID(id))


@shared_task(name="voice.sweep_after_calls", expires=BELL_LIFE_S)
def sweep_after_calls(**future: Any) -> int:
    """One task for each call whose work is due."""
    from voice import due_calls

    found = due_calls.due(scope.now())
    for workspace_id, id in found:
        crashpoint("sweep.before")
        after_call.delay(workspace_id=str(workspace_id), id=str(id))
        crashpoint("sweep.rung")
    return len(found)


@shared_task(base=RowTask, name="voice.process_webhook")
def process_webhook(*, workspace_id: str, id: str, **future: Any) -> bool:
    """One delivery of the realtime provider."""
    from voice import webhooks

    return webhooks.process(uuid.UUID(workspace_id), uuid.UUID(id))


@shared_task(name="voice.sweep_webhooks", expires=BELL_LIFE_S)
def sweep_webhooks(**future: Any) -> int:
    """Deliveries that nobody has worked out yet."""
    from voice import webhooks

    return sum(webhooks.process(workspace_id, id) for workspace_id, id in webhooks.due())


@shared_task(name="voice.reap_calls", expires=BELL_LIFE_S)
def reap_calls(**future: Any) -> int:
    """Calls that no switchboard owns and that cannot be going on any more."""
    from voice import calls

    return calls.reap(scope.now())
