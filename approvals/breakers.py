"""Breakers: a connection that fails again and again is left alone for a while, then probed by one request.

The state lies in the database, so that all workers share it. What waits meanwhile loses no attempt.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from approvals.action_types import ActionFailed, Confirmation
from approvals.models import Breaker

OPENS_AT = 5
OPEN_S = 60
LONGEST_OPEN_S = 900

# Every further failure after the first opening (a failed probe) doubles the rest, up to the longest.
_FAILED = """
    INSERT INTO approvals_breaker AS b
           (id, workspace_id, connection_id, failures, opened, reason, changed_at)
    VALUES (gen_random_uuid(), %(workspace)s, %(connection)s, 1, 0, %(reason)s, %(at)s)
    ON CONFLICT (workspace_id, connection_id) DO UPDATE SET
        failures = b.failures + 1, reason = excluded.reason, changed_at = excluded.changed_at,
        opened = CASE WHEN b.failures + 1 >= %(opens_at)s AND coalesce(b.open_until <= %(at)s, true)
                      THEN b.opened + 1 ELSE b.opened END,
        opened_at = CASE WHEN b.failures + 1 = %(opens_at)s THEN %(at)s ELSE b.opened_at END,
        open_until = CASE WHEN b.failures + 1 >= %(opens_at)s AND coalesce(b.open_until <= %(at)s, true)
                          THEN %(at)s + make_interval(secs =>
                               least(%(open_s)s * power(2, least(b.opened, 10)), %(longest)s))
                          ELSE b.open_until END
"""


def note(
    results: Iterable[tuple[uuid.UUID, uuid.UUID, Confirmation | ActionFailed]], at: datetime
) -> None:
    """Count answers, each with its workspace and connection. In a scope of these workspaces."""
    closed = None
    # In one order everywhere: two workers that settle batches do not wait for each other in a ring.
    for workspace_id, connection_id, outcome in sorted(results, key=lambda one: (one[0], one[1])):
        code = _trouble(outcome)
        if code is None:
            continue
        if code:
            _fail(workspace_id, connection_id, code, at)
            closed = None
        elif connection_id != closed:
            close(connection_id, at)
            closed = connection_id


def close(connection_id: uuid.UUID, at: datetime) -> bool:
    """Forget earlier failures: the connection answers, or a person says that it does."""
    return bool(
        Breaker.objects.filter(connection_id=connection_id, failures__gt=0).update(
            failures=0, opened=0, opened_at=None, open_until=None, reason="", changed_at=at
        )
    )


def open_ones() -> list[Breaker]:
    """Those of the scope's workspaces that keep effects waiting."""
    return list(Breaker.objects.filter(failures__gte=OPENS_AT).order_by("connection_id"))


def _trouble(outcome: Confirmation | ActionFailed) -> str | None:
    """The code of a fault of the far side; empty where it is well; None where it says nothing of that."""
    if isinstance(outcome, Confirmation):
        return ""
    if outcome.status == 429:
        return None
    if outcome.status is not None and outcome.status < 500 and outcome.verdict != "ambiguous":
        return ""
    return outcome.code if outcome.verdict in ("not_sent", "not_accepted", "ambiguous") else None


def _fail(workspace_id: uuid.UUID, connection_id: uuid.UUID, code: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _FAILED,
            {
                "workspace": workspace_id, "connection": connection_id, "reason": code[:40],
                "at": at, "opens_at": OPENS_AT, "open_s": OPEN_S, "longest": LONGEST_OPEN_S,
            },
        )  # fmt: skip


def next_probe(breaker: Breaker, at: datetime) -> timedelta:
    """How long until it is asked again."""
    return max(timedelta(), (breaker.open_until or at) - at)
