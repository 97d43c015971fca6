"""The process: finds calls that nobody owns, runs a session for each, keeps the leases."""

import asyncio
import logging
import os
import socket as network
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import redis.asyncio
from django.conf import settings
from django.db import connection

from runs.releases import destination_of
from voice import bell, webhooks
from voice.commands import ASK, END, TRANSFER, WHISPER
from voice.models.command import CommandState
from voice.switchboard import claims, commands, loading
from voice.switchboard.claims import Claim
from voice.switchboard.recorder import Recorder
from voice.switchboard.session import Session
from voice.switchboard.threads import BROKEN, Threads

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
MOST_AT_ONCE = 50
TOOL_THREADS = 4
STOP_WITHIN_S = 6.0


def default_owner() -> str:
    return f"{network.gethostname()}:{os.getpid()}"


class Switchboard:
    def __init__(self, owner: str = "") -> None:
        self.owner = owner or default_owner()
        self.recorder = Recorder()
        self.chores = Threads("chores")
        self.tools = Threads("tools", TOOL_THREADS)
        self.sessions: dict[uuid.UUID, Session] = {}
        self.tasks: dict[uuid.UUID, asyncio.Task[None]] = {}
        self.rung, self.commanded = asyncio.Event(), asyncio.Event()
        self.stopping = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> None:
        """Until `stopping` is set. Fails when one of its own loops does."""
        await self._look()
        ready()
        loops = [
            asyncio.create_task(work)
            for work in (
                self.recorder.run(),
                self._repeat(self._look, LOOK_EVERY_S, self.rung),
                self._repeat(self._keep_leases, claims.HEARTBEAT_S),
                self._repeat(self._obey, LOOK_EVERY_S * 2, self.commanded),
                self._listen(),
            )
        ]
        stop = asyncio.create_task(self.stopping.wait())
        done, _ = await asyncio.wait({stop, *loops}, return_when=asyncio.FIRST_COMPLETED)
        await self._hand_over()
        for loop in (*loops, stop):
            loop.cancel()
        for one in done - {stop}:
            one.result()

    async def _repeat(
        self,
        work: Callable[[], Coroutine[Any, Any, None]],
        seconds: float,
        bell_: asyncio.Event | None = None,
    ) -> None:
        """A database that is away is waited for; any other fault is logged and tried again."""
        waker = bell_ or asyncio.Event()
        while True:
            try:
                async with asyncio.timeout(seconds):
                    await waker.wait()
            except TimeoutError:
                pass
            waker.clear()
            try:
                await work()
            except BROKEN as error:
                logger.warning("switchboard: %s", str(error).strip().splitlines()[0])
            except Exception:
                logger.exception("switchboard: a round failed")

    async def _look(self) -> None:
        """Work out deliveries, then take the calls that nobody has."""
        await self.chores.do(process_due)
        for workspace_id, call_id in await self.chores.do(claims.waiting, MOST_AT_ONCE):
            if call_id in self.sessions:
                continue
            claim = await self.chores.do(claims.claim, workspace_id, call_id, self.owner)
            if claim is not None:
                try:
                    await self._begin(claim)
                except Exception:
                    # Its lease runs out and it is tried again; the others must not wait for it.
                    logger.exception("call %s cannot be begun", call_id)

    async def _begin(self, claim: Claim) -> None:
        subject, provider = await self.chores.insist(loading.subject_of, claim)
        session = Session(subject, provider, self.recorder, self.tools)
        self.sessions[claim.call_id] = session
        task = asyncio.create_task(session.run())
        self.tasks[claim.call_id] = task
        task.add_done_callback(lambda _: self._ended(claim, task))

    def _ended(self, claim: Claim, task: asyncio.Task[None]) -> None:
        self.sessions.pop(claim.call_id, None)
        self.tasks.pop(claim.call_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease runs out and the call is taken up again, here or elsewhere.
            logger.error("session of call %s broke", claim.call_id, exc_info=error)

    async def _keep_leases(self) -> None:
        mine = [session.subject.claim for session in self.sessions.values()]
        kept = await self.chores.do(claims.renew, mine)
        for claim in mine:
            session = self.sessions.get(claim.call_id)
            if claim.call_id not in kept and session is not None and not session.over:
                session.stop()

    async def _obey(self) -> None:
        mine = [session.subject.claim for session in self.sessions.values()]
        for given in await self.chores.do(commands.pending, mine):
            session = self.sessions.get(given.call_id)
            if session is None or session.acting.has(given):
                continue
            if given.kind == END:
                session.acting.commands.append(given)
                session.inbox.notice("hang_up", reason="operator_ended")
            elif given.kind in (WHISPER, ASK):
                session.acting.whispers[str(given.id)] = given
                session.inbox.notice("whisper", command=str(given.id), text=given.text)
            elif given.kind == TRANSFER:
                await self._transfer(session, given)
            else:
                refused = CommandState.REFUSED
                await self.chores.do(commands.finish, given, "unknown_verb", refused)

    async def _transfer(self, session: Session, given: commands.Given) -> None:
        """Told again every round, until the step that sends it has marked it as sent."""
        found = destination_of(session.subject.content, given.destination)
        if found is None:
            refused = CommandState.REFUSED
            await self.chores.do(commands.finish, given, "unknown_destination", refused)
        else:
            session.inbox.notice("transfer", command=str(given.id), target=found.target)

    async def _listen(self) -> None:
        """Redis only rings; without it the rounds find the same a little later."""
        while True:
            try:
                # An idle socket must live: no timeout on reads.
                client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
                async with client, client.pubsub() as channel:
                    await channel.subscribe(bell.SWITCHBOARD)
                    async for _ in channel.listen():
                        self.rung.set()
                        self.commanded.set()
            except (redis.RedisError, OSError):
                await asyncio.sleep(1)

    async def _hand_over(self) -> None:
        """Stop reading, keep what was read, let go of the leases."""
        held = [session.subject.claim for session in self.sessions.values()]
        tasks = list(self.tasks.values())
        for session in self.sessions.values():
            session.stop()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_WITHIN_S)
        try:
            await asyncio.wait_for(self.chores.do(claims.release, held), 3)
        except (*BROKEN, TimeoutError):
            logger.warning("switchboard: leases run out by themselves")


def process_due() -> None:
    """One that cannot be worked out must not stop the others."""
    for workspace_id, id in webhooks.due(MOST_AT_ONCE):
        try:
            webhooks.process(workspace_id, id)
        except BROKEN as error:
            connection.close()
            logger.warning("delivery %s: %s", id, str(error).strip().splitlines()[0])
