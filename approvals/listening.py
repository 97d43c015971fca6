"""Listening: the database rings when an approval commits, so that a lingering drain starts at once."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

logger = logging.getLogger(__name__)
CHANNEL = "readback_outbox"


@contextlib.asynccontextmanager
async def bell(event: asyncio.Event) -> AsyncIterator[None]:
    """Set the event at every NOTIFY. Where listening fails, the drain's own clock is enough."""
    task = asyncio.create_task(_listen(event))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _listen(event: asyncio.Event) -> None:
    try:
        async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as link:
            await link.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            async for _ in link.notifies():
                event.set()
    except psycopg.Error as error:
        logger.warning("outbox: not listening (%s)", error)


def _parameters() -> dict[str, Any]:
    """How this process reaches its database, without what belongs to the ORM's own connection."""
    known = connection.get_connection_params()
    return {
        name: value
        for name, value in known.items()
        if name in {"dbname", "user", "password", "host", "port"}
    }
