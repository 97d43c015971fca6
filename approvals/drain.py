"""The drain: claims what is due, sends many at once, records in batches; lingers a little, then lets go.

One event loop and three database threads: one takes, one marks what is about to leave, one records, so that
none waits for another's answers. What completed while the last batch was written goes into the next one.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import DatabaseError, connections

from approvals import claims, delivery, listening, records, sweeps, wire
from approvals.claims import Claimed
from approvals.connectors import Resolved
from approvals.records import Settled
from runs.crashpoints import crashpoint

logger = logging.getLogger(__name__)

IN_FLIGHT = 50
SECONDS = 25.0
LINGER_S = 1.0
SWEEP_EVERY_S = 5.0
BUSY_POLL_S = 0.2
# A claim costs nearly the same for one as for many: while most of the room is taken, landings gather first.
GATHER_S = 0.02
RECORD_PAUSES_S = (0.0, 0.5, 2.0)

_T = TypeVar("_T")
_R = TypeVar("_R")


async def run(*, seconds: float = SECONDS, linger: float = LINGER_S) -> int:
    """Send what is due for at most `seconds`; returns early when nothing comes for `linger`."""
    drain = Drain(worker=f"{socket.gethostname()}:{os.getpid()}")
    try:
        return await drain.run(seconds, linger)
    finally:
        await drain.close()


class Batch(Generic[_T, _R]):
    """Calls of one database function, gathered: whatever came while the last batch ran is the next."""

    def __init__(self, write: Callable[[list[_T]], Awaitable[list[_R]]]) -> None:
        self._write = write
        self._waiting: list[tuple[_T, asyncio.Future[_R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, item: _T) -> _R:
        future: asyncio.Future[_R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            try:
                results = await self._write([item for item, _ in taken])
            except Exception as error:  # noqa: BLE001 handed to every caller of the batch
                for _, future in taken:
                    # Whoever ran out of time has let go of its future.
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), result in zip(taken, results, strict=True):
                if not future.done():
                    future.set_result(result)


class Drain:
    """One run of the drain: its thread, its client, what is in flight."""

    def __init__(self, *, worker: str) -> None:
        self.worker = worker
        self.sent = 0
        self._taker = ThreadPoolExecutor(1, thread_name_prefix="outbox-take")
        self._marker = ThreadPoolExecutor(1, thread_name_prefix="outbox-mark")
        self._recorder = ThreadPoolExecutor(1, thread_name_prefix="outbox-record")
        self._client = wire.client()
        self._flying: set[asyncio.Task[None]] = set()
        self._reached = Batch(self._reach_all)
        self._wires = Batch(self._mark_all)
        self._settled = Batch(self._settle_all)
        self._bell = asyncio.Event()

    async def run(self, seconds: float, linger: float) -> int:
        ends = time.monotonic() + seconds
        async with listening.bell(self._bell):
            try:
                await self._work(ends, linger)
            finally:
                # Whatever went wrong: what is on the wire is heard out.
                while self._flying:
                    await asyncio.wait(set(self._flying))
        return self.sent

    async def _work(self, ends: float, linger: float) -> None:
        idle_since = swept_at = None
        # A run begins with nothing in flight: the time for one that may kill its worker.
        await self._claim(suspects=True)
        while self._flying:
            await asyncio.wait(set(self._flying))
        while (now := time.monotonic()) < ends:
            if swept_at is None or now - swept_at >= SWEEP_EVERY_S:
                swept_at = now
                await self._db(_sweep)
            took = await self._claim()
            if not took and not self._flying:
                took = await self._claim(suspects=True)
            if took or self._flying:
                idle_since = None
                await self._rest(0 if took else BUSY_POLL_S)
                await self._gather()
                continue
            idle_since = idle_since or now
            pause = await self._pause(idle_since + linger, ends)
            if pause is None:
                return
            await self._rest(pause)

    async def close(self) -> None:
        await self._client.aclose()
        for thread in (self._taker, self._marker, self._recorder):
            await _in(thread, connections.close_all)
            thread.shutdown()

    async def _claim(self, *, suspects: bool = False) -> int:
        room = IN_FLIGHT - len(self._flying)
        if room <= 0:
            return 0
        began = time.monotonic()
        taken = await self._db(lambda: claims.claim(room, worker=self.worker, suspects=suspects))
        if taken:
            crashpoint("claimed")
        for claimed in taken:
            task = asyncio.create_task(self._send(claimed, began))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return len(taken)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._bell.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("outbox: an attempt was not recorded", exc_info=error)

    async def _send(self, claimed: Claimed, claimed_at: float) -> None:
        outcome = await delivery.deliver(
            claimed,
            client=self._client,
            resolve=self._resolve,
            mark_wire=self._wires.put,
            mark_absent=self._mark_absent,
            claimed_at=claimed_at,
        )
        if outcome is None:
            return
        crashpoint("settle.before")
        wrote = await self._settled.put(Settled(claimed, outcome))
        self.sent += wrote
        crashpoint("settled")

    async def _pause(self, idle_until: float, ends: float) -> float | None:
        """How long to wait for something to do; None: nothing is near, the beat will call again."""
        now = time.monotonic()
        due = await self._db(claims.next_due)
        if due is not None and now + due < ends:
            # What is due but not claimable (its target is busy elsewhere) is asked for again soon.
            return max(due, BUSY_POLL_S)
        return idle_until - now if idle_until > now else None

    async def _rest(self, seconds: float) -> None:
        """Wait for a landing or the database's bell, not longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            pass
        self._bell.clear()

    async def _gather(self) -> None:
        if len(self._flying) > IN_FLIGHT // 2:
            await asyncio.sleep(GATHER_S)

    async def _resolve(self, claimed: Claimed) -> Resolved:
        found = await self._reached.put(claimed)
        if isinstance(found, Exception):
            raise found
        return found

    async def _reach_all(self, items: list[Claimed]) -> list[Resolved | Exception]:
        return await _in(self._marker, lambda: delivery.reach(items))

    async def _mark_all(self, items: list[Claimed]) -> list[bool]:
        return await _in(self._marker, lambda: claims.mark_wires(items))

    async def _mark_absent(self, claimed: Claimed) -> bool:
        return await self._db(lambda: claims.mark_absent(claimed))

    async def _settle_all(self, items: list[Settled]) -> list[int]:
        return await _in(self._recorder, lambda: _settle(items))

    async def _db(self, call: Callable[[], _R]) -> _R:
        return await _in(self._taker, call)


async def _in(thread: ThreadPoolExecutor, call: Callable[[], _R]) -> _R:
    return await asyncio.get_running_loop().run_in_executor(thread, call)


def _sweep() -> None:
    try:
        sweeps.sweep()
    except DatabaseError:
        # One row that cannot be swept must not keep all others from being sent.
        logger.exception("outbox: the sweep failed")


def _settle(items: list[Settled]) -> list[int]:
    if len(items) > 1:
        try:
            records.settle(items)
            return [1] * len(items)
        except Exception:
            logger.exception("outbox: a batch was not recorded; one by one")
    return [_settle_one(one) for one in items]


def _settle_one(one: Settled) -> int:
    """What cannot be recorded is left to its lease: the sweep decides by what is in the row."""
    for pause in RECORD_PAUSES_S:
        time.sleep(pause)
        try:
            return records.settle([one])
        except DatabaseError:
            logger.exception("outbox: %s was not recorded", one.claimed.entry.public_id)
            connections["default"].close_if_unusable_or_obsolete()
    return 0
