"""One call while it is ours: accept, attach, then read -> record -> act until the last word."""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from runs.errors import Superseded
from voice.realtime.port import (
    CallGone,
    Misconfigured,
    Provider,
    ProviderError,
    Sideband,
    SocketClosed,
    Unreachable,
)
from voice.switchboard import accepting, commands, loading, results
from voice.switchboard.acting import Executor
from voice.switchboard.inbox import Arrival, Inbox, steady_ms
from voice.switchboard.inputs import Input, decode, own
from voice.switchboard.recorder import NotRecorded, Recorder
from voice.switchboard.reducer import reduce
from voice.switchboard.state import State
from voice.switchboard.threads import Threads
from voice.switchboard.writing import Batch, Subject

logger = logging.getLogger(__name__)

TICK_S = 0.25
# The same call may be attached too early: only after our own accept is 404 worth a second look.
ATTACH_PATIENCE_S = 3.0
UNOBSERVED_AFTER_S = 60.0
LONGEST_BACKOFF_S = 15.0
# The provider ends a session after 60 minutes.
WRAP_UP_S, CUT_OFF_S = 55 * 60.0, 59 * 60.0
MOST_RELOADS = 3
HUNG_UP = "own.hung_up"


@dataclass
class Session:
    subject: Subject
    provider: Provider
    recorder: Recorder
    threads: Threads
    inbox: Inbox = field(default_factory=Inbox)
    state: State = field(default_factory=State)
    over: bool = False
    stopping: bool = False
    arrival: int = 0
    reloads: int = 0
    socket: Sideband | None = None
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.acting = Executor(self.subject, self.provider, self.threads, self.inbox)

    async def run(self) -> None:
        """Until the call is over, another process has it, or we stop."""
        try:
            self.state = await self.threads.insist(loading.state_of, self.subject)
            await self._watch_transfer()
            first = self.subject.claim.state == "ringing"
            if first and not await accepting.accept(self):
                return
            await self._talk(first=first)
        except Superseded:
            logger.warning("call %s belongs to another process now", self.subject.call.public_id)
        finally:
            await self.acting.finish()
            if self.socket is not None:
                await self.socket.close()
            if self.over:
                await self.threads.insist(commands.close, self.subject.claim)

    def stop(self) -> None:
        """Let go without ending the call: somebody else goes on with it."""
        self.stopping = True
        self.inbox.wake()

    async def _talk(self, *, first: bool) -> None:
        socket = await (self._attach_first() if first else self._attach_again())
        while socket is not None and not self.over:
            self._watch_the_clock()
            code = await self._work(socket)
            await socket.close()
            if self.stopping or self.over:
                return
            socket = await self._after_close(code)

    async def _work(self, socket: Sideband) -> str:
        """Until the socket closes; everything that came before the close is kept first."""
        reader = asyncio.create_task(self._read(socket))
        try:
            while not self.stopping:
                arrivals = await self.inbox.take(TICK_S if self._untold() else None)
                if arrivals:
                    await self.step(arrivals)
                elif self._untold():
                    await self.notice("tick")
                if reader.done() and not len(self.inbox):
                    return reader.result()
            await self.step(await self.inbox.take(0))
            return ""
        finally:
            self.acting.socket = None
            reader.cancel()

    async def _read(self, socket: Sideband) -> str:
        """Only takes frames off the socket, so that its keep-alive never waits for the database."""
        epoch = self.subject.claim.epoch
        try:
            while True:
                raw = await socket.receive()
                self.arrival += 1
                event, row = decode(raw, epoch=epoch, arrival=self.arrival, at_ms=steady_ms())
                self.inbox.put_frame(event, row)
        except SocketClosed as closed:
            return closed.code
        finally:
            self.inbox.wake()

    async def notice(self, kind: str, **body: object) -> None:
        await self.step([Arrival(own(kind, steady_ms(), **body))])

    async def step(self, arrivals: Sequence[Arrival]) -> None:
        """Reduce, keep, and only then act."""
        frames = [one.row for one in arrivals if one.row is not None]
        state, outcome = reduce(self.state, self._fresh(arrivals))
        try:
            if frames or outcome.records:
                batch = Batch(self.subject, frames, outcome.records, len(arrivals))
                await self.recorder.write(batch)
        except NotRecorded:
            await self._start_over()
            return
        self.state, self.reloads = state, 0
        self.over = self.over or any(
            isinstance(one, results.Ended | results.Missed) for one in outcome.records
        )
        await self.acting.do(outcome.effects)
        if any(one.event and one.event.type == HUNG_UP for one in arrivals) and self.socket:
            # The provider did as asked and left the socket open.
            await self.socket.close()

    def _fresh(self, arrivals: Sequence[Arrival]) -> list[Input]:
        """A frame that is delivered twice counts once."""
        events = []
        for one in arrivals:
            if one.event is None or (one.row is not None and one.row.key in self.seen):
                continue
            if one.row is not None:
                self.seen.add(one.row.key)
            events.append(one.event)
        return events

    async def _start_over(self) -> None:
        """What we believed could not be kept: go on from what the database knows, with a gap."""
        self.reloads += 1
        if self.reloads > MOST_RELOADS:
            raise Superseded(runs=[self.subject.claim.run_id])
        self.state = await self.threads.insist(loading.state_of, self.subject)
        await self._watch_transfer()
        await self.notice("gap", code="not_recorded", seconds=1)

    async def _watch_transfer(self) -> None:
        """One that was sent before we began and that nobody here waits for an answer of."""
        known = self.state.transfer
        if known is not None and known.command != self.acting.referring:
            await self.notice("transfer_resumed")

    def _untold(self) -> bool:
        waiting = any(
            one.open and len(one.text) > one.parted for one in self.state.speeches.values()
        )
        return waiting or self.state.keys > 0

    def _watch_the_clock(self) -> None:
        answered = self.subject.call.answered_at
        claimed = self.subject.claim.claimed_at
        gone = max(0.0, (claimed - answered).total_seconds()) if answered else 0.0
        self.acting.alarm("wrap_up", WRAP_UP_S - gone)
        self.acting.alarm("hang_up", CUT_OFF_S - gone, reason="session_limit")

    async def _attach(self) -> Sideband:
        call = self.subject.call
        socket = await self.provider.attach(call.provider_call_id, caller=accepting.hashed(call))
        self.socket = self.acting.socket = socket
        return socket

    async def _attach_first(self) -> Sideband | None:
        begun = time.monotonic()
        while not self.stopping:
            waited = time.monotonic() - begun
            try:
                socket = await self._attach()
            except (CallGone, Unreachable) as error:
                if waited > (
                    ATTACH_PATIENCE_S if isinstance(error, CallGone) else UNOBSERVED_AFTER_S
                ):
                    await self.miss("caller_gone" if isinstance(error, CallGone) else error.code)
                    return None
                await asyncio.sleep(0.3)
            except ProviderError as error:
                await self.miss(error.code)
                return None
            else:
                await self._note_attached(first=True)
                return socket
        return None

    async def _attach_again(self) -> Sideband | None:
        """Another process owned it: what happened since its last record is not known."""
        claim = self.subject.claim
        since = claim.unseen_since or self.subject.call.answered_at or claim.claimed_at
        unseen = max(1, math.ceil((claim.claimed_at - since).total_seconds()))
        try:
            socket = await self._attach()
        except CallGone:
            await self.notice("gap", code="taken_over", seconds=unseen)
            await self.notice("closed", reason="ended_unobserved")
            return None
        except ProviderError as error:
            return await self._redial(error)
        await self._note_attached(taken_over=True, gap=unseen, code="taken_over")
        return socket

    async def _note_attached(self, **body: object) -> None:
        call, epoch = self.subject.call.public_id, self.subject.claim.epoch
        await self.notice("attached", call=call, epoch=epoch, **body)

    async def _after_close(self, code: str) -> Sideband | None:
        """A closed socket does not say that the call is over: one attempt to attach does."""
        if self.state.hanging_up:
            await self.notice("closed", reason=self.state.ending)
            return None
        try:
            socket = await self._attach()
        except CallGone:
            await self.notice("closed", reason="caller_hung_up")
            return None
        except ProviderError as error:
            await self.notice("detached", call=self.subject.call.public_id, code=code)
            return await self._redial(error)
        await self.notice("detached", call=self.subject.call.public_id, code=code)
        await self._note_attached(gap=1, code="sideband_lost")
        return socket

    async def _redial(self, error: ProviderError) -> Sideband | None:
        """Try again with growing pauses; meanwhile tools and commands are worked on as before."""
        begun, pause, told = time.monotonic(), 0.5, False
        while not self.stopping and not self.over:
            if isinstance(error, Misconfigured):
                await self.notice("closed", reason="configuration", state="failed")
                return None
            arrivals = await self.inbox.take(pause)
            if arrivals:
                await self.step(arrivals)
            pause = min(pause * 2, LONGEST_BACKOFF_S)
            away = time.monotonic() - begun
            if away > UNOBSERVED_AFTER_S and not told:
                told = True
                await self.keep(results.Attention("unobserved"))
            try:
                socket = await self._attach()
            except CallGone:
                await self.notice("gap", code="sideband_lost", seconds=math.ceil(away))
                ended = self.state.ending if self.state.hanging_up else "ended_unobserved"
                await self.notice("closed", reason=ended)
                return None
            except ProviderError as again:
                error = again
            else:
                await self._note_attached(gap=max(1, math.ceil(away)), code="sideband_lost")
                return socket
        return None

    async def miss(self, reason: str) -> None:
        await self.keep(results.Missed(reason))
        self.over = True

    async def keep(self, *records: results.Record) -> None:
        await self.recorder.write(Batch(self.subject, [], list(records)))
