"""Claims: which entries this worker sends now. Short transactions, the database's clock, no I/O inside."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import DataError, IntegrityError, ProgrammingError, connection

from approvals import action_types, backoff, breakers, checkpoints, judging, outbox
from approvals.models import Attempt, OutboxEntry
from approvals.models.outbox_entry import Idempotency, OutboxState
from runs import ledger, people, releases, scope
from runs.crashpoints import crashpoint
from runs.errors import Refused
from runs.models import Release, Run
from runs.models.step import StepState

logger = logging.getLogger(__name__)

LEASE_S = 60
# A request is never begun with less than this left of the lease: it must end inside it.
SEND_S = 20
# One row that cannot be claimed must not keep its whole batch from being sent.
_ONE_BY_ONE = (IntegrityError, DataError, ProgrammingError, Refused)

# How far into the queue of one host a claim looks for targets that are free.
LOOK_AHEAD = 200

# One effect at a time on a target, the older first; a held or still waiting one lets others pass.
# The list of states spells the partial index's condition, so that it is used.
_NOTHING_BEFORE = """
    NOT EXISTS (
        SELECT FROM approvals_outboxentry b
         WHERE b.state IN ('pending', 'sending', 'reconcile')
           AND b.workspace_id = e.workspace_id AND b.target = e.target AND b.id <> e.id
           AND (b.state <> 'pending'
                OR e.state = 'pending' AND b.id < e.id AND NOT b.held
                   AND (b.attempts > 0 OR b.available_at <= (SELECT readback_now()))))
"""
_DUE_NOW = f"""
    e.state IN ('pending', 'sending', 'reconcile') AND NOT e.held
    AND e.available_at <= (SELECT readback_now())
    AND (e.state = 'pending' AND e.execute_by > (SELECT readback_now())
         OR e.state = 'reconcile'
            AND e.execute_by > (SELECT readback_now()) - interval '{backoff.LOOK_UP_FOR.total_seconds():.0f} seconds')
"""
_MAY_GO = """
    (e.after_id IS NULL OR EXISTS (
        SELECT FROM approvals_outboxentry f WHERE f.id = e.after_id AND f.state = 'succeeded'))
    AND NOT EXISTS (
        SELECT FROM approvals_pause p
         WHERE p.workspace_id = e.workspace_id AND p.ended_at IS NULL
           AND p.action IN ('', e.action) AND (p.mode = 'pause' OR e.created_at > p.at))
"""
# Twice in the hands of a worker that died: perhaps the reason, perhaps only beside it.
_SUSPECT = "(e.reason = 'lease_lost' AND e.attempts > 1)"
_CLAIMABLE = f"{_DUE_NOW} AND {_MAY_GO} AND {_NOTHING_BEFORE}"
_LANE = "coalesce(nullif({0}.host, ''), {0}.connection_id::text)"
# Of a connection whose breaker is open nothing is taken; after that one at a time, as a probe.
_DUE = f"""
    WITH busy AS MATERIALIZED (
        SELECT {_LANE.format("s")} AS lane, count(*) AS sending FROM approvals_outboxentry s
         WHERE s.state = 'sending' GROUP BY 1),
    probing AS MATERIALIZED (
        SELECT k.connection_id, k.open_until > (SELECT readback_now()) OR EXISTS (
                 SELECT FROM approvals_outboxentry s
                  WHERE s.state = 'sending' AND s.connection_id = k.connection_id) AS closed
          FROM approvals_breaker k WHERE k.failures >= {breakers.OPENS_AT}),
    queue AS MATERIALIZED (
        SELECT e.workspace_id, e.id, e.target, e.connection_id, e.available_at, e.state,
               {_LANE.format("e")} AS lane, k.connection_id IS NOT NULL AS probe,
               row_number() OVER (
                   PARTITION BY {_LANE.format("e")} ORDER BY e.available_at, e.id) AS place
          FROM approvals_outboxentry e LEFT JOIN probing k USING (connection_id)
         WHERE {_DUE_NOW} AND {_MAY_GO} AND {_SUSPECT} = %s AND k.closed IS NOT TRUE),
    free AS (
        SELECT e.workspace_id, e.id, e.lane, e.available_at, e.probe,
               row_number() OVER (PARTITION BY e.lane ORDER BY e.available_at, e.id) AS place,
               row_number() OVER (PARTITION BY e.connection_id ORDER BY e.available_at, e.id) AS turn
          FROM queue e WHERE e.place <= {LOOK_AHEAD} AND {_NOTHING_BEFORE})
    SELECT free.workspace_id, free.id FROM free LEFT JOIN busy USING (lane)
     WHERE free.place + coalesce(busy.sending, 0) <= %s AND (free.turn = 1 OR NOT free.probe)
     ORDER BY free.available_at, free.id LIMIT %s
"""  # noqa: S608 no value is put in
_CLAIM = f"""
    UPDATE approvals_outboxentry SET state = 'sending', lease = %s, wired = false,
           lease_until = readback_now() + make_interval(secs => %s), attempts = attempts + 1
     WHERE id IN (SELECT e.id FROM approvals_outboxentry e
                   WHERE e.id = ANY(%s) AND {_CLAIMABLE} ORDER BY e.id FOR UPDATE SKIP LOCKED)
    RETURNING id
"""  # noqa: S608 no value is put in
_WIRE = """
    UPDATE approvals_outboxentry e SET wired = true
      FROM unnest(%s::uuid[], %s::uuid[]) AS ours (id, lease)
     WHERE e.id = ours.id AND e.lease = ours.lease AND e.state = 'sending'
       AND e.lease_until > readback_now() + make_interval(secs => %s)
    RETURNING e.id
"""
_WIRED_AT = """
    UPDATE approvals_attempt a SET wired_at = readback_now()
      FROM unnest(%s::uuid[], %s::uuid[]) AS ours (id, lease)
     WHERE a.entry_id = ours.id AND a.lease = ours.lease
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An entry that is ours until its lease ends.

    `doubtful`: an earlier attempt may have had its effect. `key_forgotten`: and the receiver may not
    recognise the key any more. `too_late`: it may be looked up, but not sent any more. `barred`: nobody may
    let its action go any more.
    """

    entry: OutboxEntry
    lease: uuid.UUID
    doubtful: bool = False
    key_forgotten: bool = False
    too_late: bool = False
    barred: bool = False


def claim(limit: int, *, worker: str, suspects: bool = False) -> list[Claimed]:
    """Take up to `limit` due entries of any workspace, fairly between connections. Run outside a scope.

    Those whose workers died twice are taken only as `suspects`: one at a time, so that they take no
    others down with them.
    """
    due = _due(1 if suspects else limit, suspects)
    if not due:
        return []
    try:
        return _claim(due, worker=worker)
    except _ONE_BY_ONE:
        # Two workers met on one target: the constraint kept one out. One by one, the rest goes on.
        return [one for pair in due for one in _claim_one(pair, worker=worker)]


def _due(limit: int, suspects: bool) -> list[tuple[uuid.UUID, uuid.UUID]]:
    with scope.every_workspace(), connection.cursor() as cursor:
        cursor.execute(_DUE, [suspects, settings.OUTBOX_PER_HOST, limit])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _claim_one(pair: tuple[uuid.UUID, uuid.UUID], *, worker: str) -> list[Claimed]:
    try:
        return _claim([pair], worker=worker)
    except _ONE_BY_ONE:
        logger.warning("outbox: %s was not claimed", pair[1], exc_info=True)
        return []


def _claim(due: Sequence[tuple[uuid.UUID, uuid.UUID]], *, worker: str) -> list[Claimed]:
    lease = uuid.uuid4()
    workspaces = {workspace_id for workspace_id, _ in due}
    with scope.workspace(*workspaces):
        at = scope.now()
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [lease, LEASE_S, [entry_id for _, entry_id in due]])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return []
        entries = list(
            OutboxEntry.objects.filter(id__in=ids).select_related("proposal").order_by("id")
        )
        earlier = _earlier_attempts(ids)
        barred = _barred(entries)
        _begin_attempts(entries, lease, worker=worker, at=at)
        crashpoint("claim.counted")
        _note(entries, at=at)
    return [
        replace(_claimed(entry, lease, earlier[entry.id], at), barred=entry.id in barred)
        for entry in entries
    ]


def _earlier_attempts(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Attempt]]:
    found: dict[uuid.UUID, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(entry_id__in=ids, wired_at__isnull=False):
        found[attempt.entry_id].append(attempt)
    return found


def _barred(entries: Sequence[OutboxEntry]) -> set[uuid.UUID]:
    """By the rules of now: a try may come long after the approval, and after a newer policy."""
    runs = Run.objects.filter(id__in={one.run_id for one in entries})
    newest = dict(runs.values_list("id", "release__workflow__current_id"))
    rules = {
        one.id: releases.content_of(one).policy
        for one in Release.objects.filter(id__in=set(newest.values()))
    }
    return {one.id for one in entries if judging.bars(rules[newest[one.run_id]], one.action)}


def _claimed(entry: OutboxEntry, lease: uuid.UUID, earlier: list[Attempt], at: datetime) -> Claimed:
    sent = [one.wired_at for one in earlier if one.wired_at is not None]
    doubtful = any(one.verdict not in outbox.CLEAR for one in earlier)
    kind = action_types.find(entry.action_type)
    life = kind.key_life if kind and entry.idempotency == Idempotency.KEY else None
    old = backoff.key_forgotten(min(sent, default=None), life, at)
    return Claimed(entry, lease, doubtful, doubtful and old, entry.execute_by <= at)


def _begin_attempts(
    entries: list[OutboxEntry], lease: uuid.UUID, *, worker: str, at: datetime
) -> None:
    # Before the work: an attempt that kills its worker has been counted.
    Attempt.objects.bulk_create(
        Attempt(
            workspace_id=entry.workspace_id, entry=entry, number=entry.attempts, lease=lease,
            worker=worker[:80], started_at=at,
        )
        for entry in entries
    )  # fmt: skip


def _note(entries: list[OutboxEntry], *, at: datetime) -> None:
    by = people.system("outbox", entries[0].workspace_id)
    # From here nothing can be taken back: the wishes have had their answer.
    begun = {
        entry.proposal.id: entry.proposal
        for entry in entries
        if entry.attempts == 1 and entry.proposal is not None
    }
    answered = checkpoints.wishes(begun.values()) if begun else []
    lines = checkpoints.close(answered, StepState.DONE, {"decision": "approve"}, at=at)
    checkpoints.mark(checkpoints.effects_of(entries), StepState.RUNNING)
    lines += [outbox.line(entry, "claimed", attempt=entry.attempts) for entry in entries]
    ledger.append_many(lines, by=by, at=at)


def mark_absent(claimed: Claimed) -> bool:
    """The far side was asked and has no effect of ours: earlier attempts are in doubt no more. False: the
    lease is no longer ours to use."""
    with scope.workspace(claimed.entry.workspace_id):
        ours = OutboxEntry.objects.filter(
            id=claimed.entry.id, lease=claimed.lease, state=OutboxState.SENDING
        ).select_for_update(no_key=True)
        if not ours.exists():
            return False
        earlier = Attempt.objects.filter(entry_id=claimed.entry.id, wired_at__isnull=False)
        earlier.exclude(verdict__in=outbox.CLEAR).exclude(lease=claimed.lease).update(
            verdict="absent"
        )
    return True


def mark_wires(taken: Sequence[Claimed]) -> list[bool]:
    """Say, before the first byte of any of them leaves, that it is about to; in one transaction.

    False: the lease of this one is no longer ours to use.
    """
    with scope.workspace(*{one.entry.workspace_id for one in taken}), connection.cursor() as cursor:
        pairs = [one.entry.id for one in taken], [one.lease for one in taken]
        cursor.execute(_WIRE, [*pairs, SEND_S])
        marked = {row[0] for row in cursor.fetchall()}
        ours = [one for one in taken if one.entry.id in marked]
        cursor.execute(_WIRED_AT, [[one.entry.id for one in ours], [one.lease for one in ours]])
    return [one.entry.id in marked for one in taken]


def next_due() -> float | None:
    """Seconds until the next entry may be claimed (0 or less: now); None where none waits."""
    with scope.every_workspace(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM min(available_at) - readback_now())::float8"
            " FROM approvals_outboxentry WHERE state IN (%s, %s) AND NOT held",
            [OutboxState.PENDING, OutboxState.RECONCILE],
        )
        row = cursor.fetchone()
    return None if row is None else row[0]
