"""The doorbell of the outbox: a hint to a worker after the commit. Rows are the truth; the bell may be lost."""

import logging
import threading
import time
from functools import lru_cache

import kombu
from celery import current_app
from django.db import connection, transaction

from approvals.listening import CHANNEL
from approvals.tasks import drain_outbox
from runs import bus
from runs.crashpoints import crashpoint

logger = logging.getLogger(__name__)

# What a frozen Redis may cost the person who approves; then the bell rests.
PATIENCE_S = 0.5
REST_S = 2.0
_lock = threading.Lock()
_resting_until = 0.0


def kick() -> None:
    """After the commit, wake the drain: through the database where it listens, and through Celery."""
    with connection.cursor() as cursor:
        # NOTIFY serialises commits: right for decisions of people, wrong for a stream.
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Ask Celery for a drain. Never raises, never waits longer than a blink; a ring is enough for all."""
    global _resting_until
    resting = time.monotonic() < _resting_until or bus.is_resting()
    if resting or not _lock.acquire(blocking=False):
        return
    try:
        crashpoint("bell.before")
        drain_outbox.apply_async(connection=_producer(), retry=False)  # type: ignore[call-arg]
        crashpoint("bell.rung")
    except Exception as error:  # noqa: BLE001 whatever the broker does, the approval is committed
        _resting_until = time.monotonic() + REST_S
        _producer().close()
        _producer.cache_clear()
        logger.warning("outbox bell not rung (%s); the sweep finds the rows", error)
    finally:
        _lock.release()


@lru_cache(maxsize=1)
def _producer() -> kombu.Connection:
    """A connection of its own: workers wait on theirs, whoever approves must not."""
    options = dict(current_app.conf.broker_transport_options)
    options |= {
        "socket_timeout": PATIENCE_S,
        "socket_connect_timeout": PATIENCE_S,
        "max_retries": 0,
    }
    return kombu.Connection(
        current_app.conf.broker_write_url or current_app.conf.broker_url,
        connect_timeout=PATIENCE_S,
        transport_options=options,
    )
