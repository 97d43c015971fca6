"""The doorbell: tells a worker or a switchboard that there is work. Lost rings are made up for by polling."""

import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial

from celery import current_app
from django.db import transaction

from runs import bus
from runs.crashpoints import crashpoint

logger = logging.getLogger(__name__)

SWITCHBOARD = "rb:switchboard"
# A frozen broker costs the ringing thread this, and nobody else anything.
PATIENCE_S = 0.5
REST_S = 2.0
_resting_until = 0.0


def ring_switchboard() -> None:
    """After the commit: calls or commands may be waiting."""
    bus.publish_after_commit([(SWITCHBOARD, {"look": True})])


def ring_task(name: str, workspace_id: uuid.UUID, id: uuid.UUID) -> None:
    """After the commit: ask a worker to run a task for one row, without ever waiting for the broker."""
    transaction.on_commit(
        partial(_thread().submit, _send, name, str(workspace_id), str(id)), robust=True
    )


@lru_cache(maxsize=1)
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="bell")


def _send(name: str, workspace_id: str, id: str) -> None:
    global _resting_until
    if time.monotonic() < _resting_until:
        return
    options = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
    try:
        with current_app.connection_for_write(transport_options=options) as broker:
            crashpoint("task.before")
            current_app.send_task(
                name, kwargs={"workspace_id": workspace_id, "id": id}, connection=broker
            )
            crashpoint("task.rung")
    except Exception as error:  # noqa: BLE001 whatever the broker does, the sweep finds the row
        _resting_until = time.monotonic() + REST_S
        logger.warning("task %s not rung (%s)", name, error)
