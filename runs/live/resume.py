"""Reading again from Postgres what the bus did not bring."""

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import database_sync_to_async

from runs import ledger, scope
from runs.live.feeds import Message, Topic
from runs.models import Run

# Threads of their own: a slow page must not hold up the live view, nor the other way round.
POOL = ThreadPoolExecutor(max_workers=3, thread_name_prefix="live")


class Postgres:
    """The source that feeds read from."""

    async def lines(self, topic: Topic, after: int, limit: int) -> list[Message]:
        found: list[Message] = await in_database(_lines, topic, after, limit)
        return found

    async def last_numbers(self, topics: Sequence[Topic]) -> dict[uuid.UUID, int]:
        if not topics:
            return {}
        found: dict[uuid.UUID, int] = await in_database(_last_numbers, list(topics))
        return found


async def in_database(function: Any, *arguments: Any) -> Any:
    """Run a function that queries, in a thread of the live view."""
    call = database_sync_to_async(function, thread_sensitive=False, executor=POOL)
    return await call(*arguments)


def _lines(topic: Topic, after: int, limit: int) -> list[Message]:
    assert topic.run_id is not None
    with scope.workspace(topic.workspace_id):
        return [line.frame() for line in ledger.events_after(topic.run_id, after, limit=limit)]


def _last_numbers(topics: list[Topic]) -> dict[uuid.UUID, int]:
    with scope.workspace(*{topic.workspace_id for topic in topics}):
        rows = Run.objects.filter(id__in=[topic.run_id for topic in topics])
        return dict(rows.values_list("id", "last_number"))
