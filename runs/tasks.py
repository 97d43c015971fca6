"""Celery's names of what the memory does by itself, and what every task about one row has in common."""

import uuid
from typing import Any

from celery import Task, shared_task

from runs import audit, recorded, scope
from runs.errors import Invalid
from runs.models import AuditEntry

# A bell that nobody heard for this long is not needed: the next beat rings again.
BELL_LIFE_S = 15


class RowTask(Task):  # type: ignore[type-arg]
    """A task about one row of one workspace: it carries both ids, and nothing else that could be stale.

    It refuses to run without a workspace. The body opens the scope itself, so that no transaction stays
    open while another system is asked.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for name in ("workspace_id", "id"):
            try:
                uuid.UUID(str(kwargs.get(name)))
            except ValueError as error:
                raise Invalid("task_without_row", task=self.name, missing=name) from error
        return super().__call__(*args, **kwargs)


@shared_task(name="runs.seal_views", expires=BELL_LIFE_S)
def seal_views(**future: Any) -> int:
    """Chain the page views that were noted since the last time."""
    with scope.every_workspace():
        waiting = AuditEntry.objects.filter(number__isnull=True)
        found = list(waiting.values_list("workspace_id", flat=True).distinct())
    sealed = 0
    for workspace_id in found:
        with scope.workspace(workspace_id):
            sealed += audit.seal_views(workspace_id)
    return sealed


@shared_task(name="runs.forget_answers", expires=BELL_LIFE_S)
def forget_answers(**future: Any) -> int:
    """Delete recorded answers of the API that nobody may ask for any more."""
    return recorded.forget_old(scope.now())
