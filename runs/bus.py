"""Publishing: JSON bytes made once, sent after the commit, never waited for longer than a blink.

Redis only rings the bell: a message that is lost is read again from Postgres by number.
"""

import json
import logging
import time
import uuid
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from runs import topics
from runs.crashpoints import crashpoint

if TYPE_CHECKING:
    from runs.ledger import Written

logger = logging.getLogger(__name__)

# A frozen Redis costs the publisher this once, then nothing until it is tried again.
PATIENCE_S = 0.3
REST_S = 2.0
_resting_until = 0.0

# Which lists a kind of line changes: watchers of the list redraw the rows of that run.
_LISTS = {
    "call": ("wall",),
    "turn": ("wall",),
    "field": ("wall",),
    "escalation": ("wall",),
    "handoff": ("wall",),
    "silence": ("wall",),
    "sideband": ("wall",),
    "proposal": ("approvals", "wall"),
    "outbox": ("outbox", "approvals"),
    "promise": ("promises",),
}


@lru_cache(maxsize=1)
def _client() -> "redis.Redis":
    # The client's own default would try again with growing pauses, for seconds.
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )


def publish_after_commit(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """What is told is true when it is heard; a bell that fails undoes nothing."""
    transaction.on_commit(partial(publish, messages), robust=True)


def publish(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Send (topic, message) pairs in one round trip. A Redis that is down or frozen is logged and let go."""
    global _resting_until
    if not messages or is_resting():
        return
    try:
        pipe = _client().pipeline(transaction=False)
        for topic, message in messages:
            pipe.publish(topic, json.dumps(message, separators=(",", ":"), ensure_ascii=False))
        crashpoint("bus.before")
        pipe.execute()
        crashpoint("bus.told")
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_S
        logger.warning("live bus: %d messages not sent (%s)", len(messages), error)


def is_resting() -> bool:
    """Whether Redis did not answer a moment ago: nobody else needs to wait for the same."""
    return time.monotonic() < _resting_until


def publish_lines(lines: "Sequence[Written]") -> None:
    """Tell the watchers of runs and of lists about lines that are committed."""
    messages: list[tuple[str, dict[str, Any]]] = []
    changed: dict[str, dict[str, Any]] = {}
    for line in lines:
        messages.append((topics.run(line.workspace_id, line.run_id), line.frame()))
        for name in _LISTS.get(line.kind.split(".", 1)[0], ()):
            topic = topics.listing(line.workspace_id, name)
            changed[f"{topic} {line.run_id}"] = {
                "topic": topic,
                "run": str(line.run_id),
                "number": line.number,
                "kind": line.kind,
            }
    publish([*messages, *((one.pop("topic"), one) for one in changed.values())])


def publish_part(workspace_id: uuid.UUID, run_id: uuid.UUID, part: dict[str, Any]) -> None:
    """Send unnumbered partial state of a run: {"turn", "part", "text"} or {"voice_state"}."""
    publish([(topics.run(workspace_id, run_id), {"run": str(run_id), "part": part})])
