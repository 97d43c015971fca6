"""Threads for what blocks: each has its own database connection, thrown away when it breaks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

PAUSES_S = (0.0, 0.2, 0.5, 1.0, *[2.0] * 28)
BROKEN = (OperationalError, InterfaceError)


class Threads:
    def __init__(self, name: str, count: int = 1) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def do(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Run it in a thread. A cancelled waiter does not tear the transaction apart."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: _guarded(work, *args, **options))

    async def insist(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """The same, while the database is away for a while. Only for what may be done twice."""
        for pause in PAUSES_S:
            try:
                return await self.do(work, *args, **options)
            except BROKEN:
                await asyncio.sleep(pause)
        return await self.do(work, *args, **options)

    def stop(self) -> None:
        self._pool.submit(connection.close)
        self._pool.shutdown(wait=True)


def _guarded(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    try:
        return work(*args, **options)
    except BROKEN:
        connection.close()
        raise
