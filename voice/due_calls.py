"""Calls whose work is due: claimed by one worker, postponed with growing pauses, given up in the open."""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from runs import executions, people, scope
from runs.errors import Conflict
from voice import bell, calls
from voice.models import Call

logger = logging.getLogger(__name__)

MOST_TRIES = 5
# Longer than a task may live: whoever claims a call has it alone.
CLAIM = timedelta(seconds=40)
FIRST_PAUSE = timedelta(seconds=10)
# After this a task makes room for others and rings again: no task is longer than about 30 s.
SLICE_S = 8.0


@dataclass(frozen=True, slots=True)
class Work:
    """One claimed call. On the `last` try facts must do where no model answers."""

    workspace_id: uuid.UUID
    call_id: uuid.UUID
    tries: int
    until: float

    @property
    def last(self) -> bool:
        return self.tries >= MOST_TRIES


def due(at: datetime, limit: int = 20) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(workspace, id) of calls whose work is due."""
    with scope.every_workspace():
        rows = Call.objects.filter(after_call_at__lte=at, after_call_done_at=None)
        return list(rows.order_by("after_call_at").values_list("workspace_id", "id")[:limit])


def claim(workspace_id: uuid.UUID, id: uuid.UUID) -> Work | None:
    with scope.workspace(workspace_id):
        at = scope.now()
        call = (
            Call.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(id=id, after_call_at__lte=at, after_call_done_at=None)
            .first()
        )
        if call is None:
            return None
        if call.after_call_tries >= MOST_TRIES + 1:
            # Even with facts alone it failed: a fault of ours, said in the run instead of repeated.
            _give_up(call, at)
            return None
        call.after_call_tries += 1
        call.after_call_at = at + CLAIM
        call.save(update_fields=["after_call_tries", "after_call_at"])
    return Work(workspace_id, id, call.after_call_tries, time.monotonic() + SLICE_S)


def _give_up(call: Call, at: datetime) -> None:
    by = people.system("after-call", call.workspace_id)
    try:
        executions.fail(call.run, code="after_call_failed", by=by, at=at)
    except Conflict:
        logger.warning("after call %s: the run was over already", call.public_id)
    Call.objects.filter(id=call.id).update(after_call_done_at=at)


def postpone(work: Work) -> None:
    pause = FIRST_PAUSE * 3 ** (work.tries - 1)
    with scope.workspace(work.workspace_id):
        Call.objects.filter(id=work.call_id).update(after_call_at=scope.now() + pause)


def make_room(work: Work) -> None:
    """The rest in another task; this was no failure."""
    with scope.workspace(work.workspace_id):
        Call.objects.filter(id=work.call_id).update(
            after_call_at=scope.now(), after_call_tries=F("after_call_tries") - 1
        )
        bell.ring_task(calls.AFTER_CALL_TASK, work.workspace_id, work.call_id)
