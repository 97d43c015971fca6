"""Probes: a person has a connection that does not answer asked again now, not at its next turn."""

import uuid
from datetime import datetime

from approvals import breakers, doorbell
from runs import audit
from runs.access import Permission, require
from runs.crashpoints import crashpoint
from runs.errors import Conflict, NotFound
from runs.people import Actor


def ask_now(connection_id: str, *, by: Actor, at: datetime) -> None:
    """Raise NotFound for what is no id, Conflict where nothing waits for that connection."""
    require(by, Permission.MANAGE_SETTINGS)
    try:
        found = uuid.UUID(connection_id)
    except ValueError as error:
        raise NotFound("no_such_connection") from error
    if found not in {one.connection_id for one in breakers.open_ones()}:
        raise Conflict("not_in_this_state")
    breakers.close(found, at)
    audit.record("outbox.probed", str(found), by=by, at=at)
    crashpoint("probe.recorded")
    doorbell.kick()
