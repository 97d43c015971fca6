"""Sweeps: leases that ended without a word, and entries whose time has passed."""

import uuid
from datetime import datetime

from django.db.models import Q

from approvals import action_types, backoff, checkpoints, notices, outbox, records
from approvals.backoff import Next
from approvals.claims import Claimed
from approvals.models import Attempt, OutboxEntry
from approvals.models.outbox_entry import Idempotency, OutboxState
from runs import ledger, people, scope
from runs.crashpoints import crashpoint
from runs.models.step import StepState

MOST_CRASHES = 5
BATCH = 200


def sweep() -> int:
    """Take back what dead workers hold and close what may no longer be sent. Run outside a scope."""
    with scope.every_workspace():
        at = scope.now()
        lost = _ids(state=OutboxState.SENDING, lease_until__lt=at)
        late = _ids(state=OutboxState.PENDING, execute_by__lte=at)
        late += _ids(state=OutboxState.RECONCILE, execute_by__lte=at - backoff.LOOK_UP_FOR)
    swept = sum(_take_back(workspace_id, entry_id) for workspace_id, entry_id in lost)
    return swept + sum(_close(workspace_id, entry_id) for workspace_id, entry_id in late)


def _ids(**due: object) -> list[tuple[uuid.UUID, uuid.UUID]]:
    # What another follows comes before it: both are due at the same moment.
    found = OutboxEntry.objects.filter(**due).order_by("available_at", "id")
    return list(found.values_list("workspace_id", "id")[:BATCH])


def _take_back(workspace_id: uuid.UUID, entry_id: uuid.UUID) -> int:
    with scope.workspace(workspace_id):
        at = scope.now()
        entry = (
            OutboxEntry.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            .filter(id=entry_id, state=OutboxState.SENDING, lease_until__lt=at)
            .first()
        )
        if entry is None or entry.lease is None:
            return 0
        claimed = Claimed(entry, entry.lease, outbox.doubtful(entry.id))
        lines = records.move(claimed, _after_crash(entry, at), verdict="crashed", at=at)
        crashpoint("sweep.moved")
        ledger.append_many(lines, by=people.system("outbox", workspace_id), at=at)
        return 1


def _after_crash(entry: OutboxEntry, at: datetime) -> Next:
    """Before the wire nothing was sent: safe for every class. After it only a receiver that knows the
    key, or an absolute write, may be asked again."""
    doubtful = outbox.doubtful(entry.id)
    crashes = 1 + Attempt.objects.filter(entry=entry, verdict="crashed").count()
    if crashes >= MOST_CRASHES:
        return Next(OutboxState.UNKNOWN if doubtful else OutboxState.FAILED, "poison")
    if doubtful and entry.idempotency == Idempotency.LOOKUP:
        wait = max(action_types.settle_of(entry.action_type), backoff.delay(crashes))
        return Next(OutboxState.RECONCILE, "lease_lost", at + wait)
    if entry.wired and entry.idempotency not in (Idempotency.KEY, Idempotency.NATURAL):
        return Next(OutboxState.UNKNOWN, "lease_lost")
    return Next(OutboxState.PENDING, "lease_lost", at + backoff.delay(crashes))


def _close(workspace_id: uuid.UUID, entry_id: uuid.UUID) -> int:
    """Past its execute-by an approval allows nothing any more."""
    with scope.workspace(workspace_id):
        at = scope.now()
        doubtful = outbox.doubtful(entry_id)
        state = OutboxState.UNKNOWN if doubtful else OutboxState.FAILED
        changed = OutboxEntry.objects.filter(
            Q(state=OutboxState.PENDING, execute_by__lte=at)
            | Q(state=OutboxState.RECONCILE, execute_by__lte=at - backoff.LOOK_UP_FOR),
            id=entry_id,
        ).update(
            state=state, reason="expired_unexecuted", held=False,
            finished_at=None if doubtful else at,
        )  # fmt: skip
        if not changed:
            return 0
        entry = OutboxEntry.objects.get(id=entry_id)
        found = checkpoints.effects_of([entry])
        code = {"code": "expired_unexecuted"}
        lines = [] if doubtful else checkpoints.close(found, StepState.FAILED, code, at=at)
        past = "doubted" if doubtful else "failed"
        lines.append(outbox.line(entry, past, attempt=entry.attempts, **code))
        lines += [] if doubtful else records.give_up(entry, at=at)
        notices.tell_of_doubts([entry] if doubtful else [], at=at)
        ledger.append_many(lines, by=people.system("outbox", workspace_id), at=at)
        return 1
