"""The one door to rows of a workspace: a transaction that says which workspaces it may see."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from runs.tenancy import EVERY_ROLE

_NOWHERE = ("", "")


def _put(workspaces: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.workspaces', %s, true), set_config('role', %s, true)",
            [workspaces, role or "none"],
        )


@contextmanager
def _scope(workspaces: str, role: str) -> Iterator[None]:
    inside = connection.in_atomic_block
    before = getattr(connection, "readback_scope", _NOWHERE) if inside else _NOWHERE
    wanted = (workspaces, role)
    try:
        with transaction.atomic():
            if before != wanted:
                _put(*wanted)
                connection.readback_scope = wanted  # type: ignore[attr-defined]
            yield
            # RELEASE SAVEPOINT keeps a local SET; ROLLBACK TO undoes it by itself.
            if inside and before != wanted and not connection.needs_rollback:
                _put(*before)
    finally:
        connection.readback_scope = before  # type: ignore[attr-defined]


@contextmanager
def workspace(*ids: uuid.UUID | str) -> Iterator[None]:
    """See and write rows of these workspaces, in one transaction. A query outside a scope is an error."""
    checked = sorted({str(uuid.UUID(str(one))) for one in ids})
    if not checked:
        raise ValueError("a scope names at least one workspace")
    with _scope("{" + ",".join(checked) + "}", ""):
        yield


@contextmanager
def every_workspace() -> Iterator[None]:
    """Find work without knowing its workspace: only what a table grants to the role of all workspaces.

    For claims and look-ups that return `(workspace, id)`; the work itself is done in `workspace(id)`.
    """
    with _scope("", EVERY_ROLE):
        yield


def only() -> uuid.UUID:
    """The workspace of a scope that names one.

    Row-level security compares with an array whose length the planner does not know: it sorts a whole
    workspace where an index has the order. A query of a list says its workspace itself.
    """
    workspaces, role = getattr(connection, "readback_scope", _NOWHERE)
    if role or not workspaces or "," in workspaces:
        raise ValueError("the scope does not name one workspace")
    return uuid.UUID(workspaces.strip("{}"))


def now() -> datetime:
    """The database's clock (movable in tests): the only clock for leases, expiry and holds. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT readback_now()")
        row = cursor.fetchone()
    assert row is not None
    at: datetime = row[0]
    return at
