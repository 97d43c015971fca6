"""One recorder for all calls of the process: what arrives while a flush runs goes into the next one."""

import asyncio
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection as database

from runs import people, scope
from runs.crashpoints import crashpoint
from runs.errors import Superseded
from voice.switchboard.threads import BROKEN, Threads
from voice.switchboard.writing import Batch, Writing

logger = logging.getLogger(__name__)

# A busy process waits a little, so that more calls share a commit; a quiet one does not wait.
BUSY_EVENTS = 8
BUSY_GAP_S = 0.007
# How long a call goes on while the database is away.
PATIENCE_S = 60.0
LONGEST_PAUSE_S = 2.0


class NotRecorded(Exception):
    """This batch could not be kept: the call goes on from what the database knows."""


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    done: asyncio.Future[None]


class Recorder:
    def __init__(self) -> None:
        self._threads = Threads("recorder")
        self._waiting: list[_Waiting] = []
        self._ready = asyncio.Event()
        self._last_events = 0

    async def write(self, batch: Batch) -> None:
        """Return when it is committed. Raises Superseded or NotRecorded."""
        waiting = _Waiting(batch, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._ready.set()
        await waiting.done

    async def run(self) -> None:
        while True:
            await self._ready.wait()
            if self._last_events >= BUSY_EVENTS:
                await asyncio.sleep(BUSY_GAP_S)
            self._ready.clear()
            taken, self._waiting = self._waiting, []
            self._last_events = sum(one.batch.events for one in taken)
            await self._keep(taken)

    def stop(self) -> None:
        self._threads.stop()

    async def _keep(self, taken: list[_Waiting]) -> None:
        begun, pause = time.monotonic(), 0.1
        while taken:
            try:
                await self._threads.do(flush, [one.batch for one in taken])
            except Superseded as error:
                taken = _drop(taken, set(error.details["runs"]), error)
            except BROKEN as error:
                if time.monotonic() - begun > PATIENCE_S:
                    _answer(taken, NotRecorded(str(error)))
                    return
                logger.warning("recorder: %s", str(error).strip().splitlines()[0])
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            except Exception as error:
                if len(taken) == 1:
                    logger.exception("recorder: a batch cannot be kept")
                    _answer(taken, NotRecorded(str(error)))
                    return
                for one in taken:
                    await self._keep([one])
                return
            else:
                _answer(taken, None)
                return


def flush(batches: Sequence[Batch]) -> None:
    """One transaction for all of them, in the scope of all their workspaces."""
    claims = [batch.subject.claim for batch in batches]
    with scope.workspace(*{claim.workspace_id for claim in claims}):
        fences = {claim.run_id: claim.epoch for claim in claims}
        _lock(fences)
        by = people.system("switchboard", claims[0].workspace_id)
        steady_ms = time.monotonic_ns() // 1_000_000
        Writing(scope.now(), steady_ms, by, fences).write(list(batches))
        crashpoint("batch.written")
    crashpoint("batch.kept")


def _lock(fences: dict[uuid.UUID, int]) -> None:
    """Run and call of each, in one order, as everybody does; whoever lost a call writes nothing at all."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.fence FROM runs_run r JOIN voice_call c ON c.run_id = r.id"
            " WHERE r.id = ANY(%s) ORDER BY r.id FOR NO KEY UPDATE OF r, c",
            [list(fences)],
        )
        held = dict(cursor.fetchall())
    stale = [run_id for run_id, epoch in fences.items() if held.get(run_id) != epoch]
    if stale:
        raise Superseded(runs=stale)


def _drop(taken: list[_Waiting], runs: set[uuid.UUID], error: Superseded) -> list[_Waiting]:
    lost = [one for one in taken if one.batch.subject.claim.run_id in runs]
    _answer(lost, error)
    return [one for one in taken if one not in lost]


def _answer(taken: Sequence[_Waiting], error: Exception | None) -> None:
    for one in taken:
        if one.done.done():
            continue
        if error is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(error)
