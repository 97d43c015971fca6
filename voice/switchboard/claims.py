"""Who owns a call: a lease on its row, an epoch on its run. Locks are taken in one order: run, then call."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db.models import Max, Q

from runs import scope
from runs.models import Run
from voice.models import Call, ProviderEvent
from voice.models.call import CallState

LEASE = timedelta(seconds=15)
HEARTBEAT_S = 5.0
OPEN = (CallState.RINGING, CallState.LIVE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A call that is ours for now. `unseen_since` is when its last event was stored, where there was one."""

    workspace_id: uuid.UUID
    call_id: uuid.UUID
    run_id: uuid.UUID
    epoch: int
    state: str
    claimed_at: datetime
    unseen_since: datetime | None


def waiting(limit: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(workspace, call) of open calls that nobody owns or whose owner let the lease run out."""
    with scope.every_workspace():
        found = Call.objects.filter(_free(scope.now()), state__in=OPEN).order_by("rang_at")
        return list(found.values_list("workspace_id", "id")[:limit])


def claim(workspace_id: uuid.UUID, call_id: uuid.UUID, owner: str) -> Claim | None:
    """Take the call, unless somebody else did: from now on what an earlier owner writes is refused."""
    with scope.workspace(workspace_id):
        at = scope.now()
        run_id = Call.objects.values_list("run_id", flat=True).get(id=call_id)
        runs = Run.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        run = runs.filter(id=run_id).first()
        if run is None:
            return None
        calls = Call.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        call = calls.filter(_free(at), id=call_id, state__in=OPEN).first()
        if call is None:
            return None
        call.owner, call.epoch, call.lease_until = owner[:80], call.epoch + 1, at + LEASE
        call.save(update_fields=["owner", "epoch", "lease_until"])
        Run.objects.filter(id=run_id).update(fence=call.epoch)
        last = ProviderEvent.objects.filter(call_id=call_id).aggregate(at=Max("at"))["at"]
        return Claim(workspace_id, call_id, run_id, call.epoch, call.state, at, last)


def renew(claims: Sequence[Claim]) -> set[uuid.UUID]:
    """Prolong the leases; the calls that are still ours. A late renewal is fine while nobody took over."""
    if not claims:
        return set()
    with scope.workspace(*{one.workspace_id for one in claims}), database.cursor() as cursor:
        cursor.execute(
            # In the order in which the recorder locks them.
            "WITH mine AS (SELECT c.id FROM voice_call c"
            " JOIN unnest(%s::uuid[], %s::int8[]) AS held (id, epoch)"
            " ON c.id = held.id AND c.epoch = held.epoch"
            " WHERE c.state IN ('ringing', 'live') ORDER BY c.run_id FOR NO KEY UPDATE OF c)"
            " UPDATE voice_call SET lease_until = readback_now() + %s * interval '1 second'"
            " FROM mine WHERE voice_call.id = mine.id RETURNING voice_call.id",
            [[one.call_id for one in claims], [one.epoch for one in claims], LEASE.seconds],
        )
        return {row[0] for row in cursor.fetchall()}


def release(claims: Sequence[Claim]) -> None:
    """Let go at once: the next switchboard need not wait for the lease to run out."""
    for one in claims:
        with scope.workspace(one.workspace_id):
            mine = Call.objects.filter(id=one.call_id, epoch=one.epoch, state__in=OPEN)
            mine.update(lease_until=scope.now(), owner="")


def _free(at: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=at)
