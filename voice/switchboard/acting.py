"""Does what a step wants, after it was recorded: sends, runs tools, hangs up, sets alarms."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from itertools import chain, repeat
from typing import Any

from runs import people, scope
from runs.errors import Superseded
from voice import tool_types
from voice.models.command import CommandState
from voice.realtime.port import (
    CallGone,
    NotDone,
    Provider,
    ProviderError,
    Sideband,
    SocketClosed,
)
from voice.switchboard import commands, results
from voice.switchboard.inbox import Inbox
from voice.switchboard.threads import BROKEN, Threads
from voice.switchboard.writing import Subject

logger = logging.getLogger(__name__)

FINISH_S = 3.0
CLOSES_WITHIN_S = 5.0
LONGEST_PAUSE_S = 5.0
PAUSES_S = (0.2, 0.5, 1.0, 2.0)


class Executor:
    def __init__(
        self, subject: Subject, provider: Provider, threads: Threads, inbox: Inbox
    ) -> None:
        self.subject, self.provider = subject, provider
        self.threads, self.inbox = threads, inbox
        self.socket: Sideband | None = None
        self.commands: list[commands.Given] = []
        self.whispers: dict[str, commands.Given] = {}
        self.referring = ""
        self._tools = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarms: dict[str, asyncio.TimerHandle] = {}

    async def do(self, effects: Sequence[results.Effect]) -> None:
        for effect in effects:
            match effect:
                case results.Send():
                    await self._send(effect.event)
                case results.RunTool():
                    self._spawn(self._run_tool(effect))
                case results.HangUp():
                    self._spawn(self._hang_up())
                case results.Refer():
                    self.referring = effect.command
                    self._spawn(self._refer(effect))
                case results.Whisper():
                    await self._whisper(effect)
                case results.Settled():
                    self._settle(effect.command, effect.answer, done=effect.done)
                case results.Alarm():
                    self.alarm(effect.kind, effect.seconds)

    def has(self, given: commands.Given) -> bool:
        return given in self.commands or str(given.id) in self.whispers

    def alarm(self, kind: str, seconds: float, **body: object) -> None:
        """Put a notice into the inbox later; the same kind again replaces the earlier one."""
        if kind in self._alarms:
            self._alarms[kind].cancel()
        loop = asyncio.get_running_loop()
        self._alarms[kind] = loop.call_later(
            max(0.0, seconds), lambda: self.inbox.notice(kind, **body)
        )

    async def finish(self) -> None:
        """A hang-up on its way and its command are brought to their end; nothing new begins."""
        for alarm in self._alarms.values():
            alarm.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FINISH_S)
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, event: dict[str, Any]) -> bool:
        """Whether it went. Without a socket it does not: what matters is asked for again after attaching."""
        if self.socket is None:
            return False
        try:
            await self.socket.send(event)
        except SocketClosed:
            self.socket = None
        return self.socket is not None

    async def _whisper(self, effect: results.Whisper) -> None:
        if await self._send(effect.event):
            given = self.whispers.get(effect.command)
            if given is not None:
                self._spawn(self.threads.insist(commands.sent, given))
        else:
            self._settle(effect.command, "line_not_reached", done=False)

    def _settle(self, command: str, answer: str, *, done: bool) -> None:
        given = self.whispers.pop(command, None)
        if given is not None:
            state = CommandState.DONE if done else CommandState.REFUSED
            self._spawn(self.threads.insist(commands.finish, given, answer, state))

    async def _run_tool(self, wanted: results.RunTool) -> None:
        # One after the other: the record tells them in the order in which they were called.
        async with self._tools:
            try:
                answer = await self._answer_of(wanted)
            except Superseded:
                # Whoever has the call now finds the tool without an answer, and runs it.
                logger.warning("tool %s: the call has another owner", wanted.name)
                return
        self.inbox.notice(
            "tool_answered",
            call_id=wanted.call_id,
            output=answer.output,
            effects=answer.effects,
        )

    async def _answer_of(self, wanted: results.RunTool) -> tool_types.ToolAnswer:
        for pause in (*PAUSES_S, None):
            try:
                return await self.threads.do(run_tool, self.subject, wanted)
            except BROKEN:
                logger.warning("tool %s: the database is away", wanted.name)
            except Superseded:
                raise
            except Exception:
                logger.exception("tool %s failed", wanted.name)
            if pause is not None:
                await asyncio.sleep(pause)
        return tool_types.ToolAnswer({"status": "denied", "code": "tool_unavailable"})

    async def _refer(self, wanted: results.Refer) -> None:
        """Once, whatever comes of it: a second one could ring at two desks."""
        state, answer = "accepted", ""
        try:
            await self.provider.refer(self.subject.call.provider_call_id, wanted.target)
        except NotDone as error:
            state, answer = "refused", error.code
        except ProviderError as error:
            logger.warning(
                "call %s: transfer in doubt, %s", self.subject.call.public_id, error.code
            )
            state, answer = "unknown", error.code
        self.referring = ""
        told = {"command": wanted.command, "state": state, "answer": answer}
        self.inbox.notice("transfer_answered", **told)

    async def _hang_up(self) -> None:
        """Repeated until the provider says that it is done or that there is no such call."""
        for pause in chain(PAUSES_S, repeat(LONGEST_PAUSE_S)):
            try:
                await self.provider.hang_up(self.subject.call.provider_call_id)
                break
            except CallGone:
                break
            except ProviderError as error:
                logger.warning("call %s not hung up: %s", self.subject.call.public_id, error.code)
            await asyncio.sleep(pause)
        self.alarm("hung_up", CLOSES_WITHIN_S)
        for given in self.commands:
            await self.threads.insist(commands.finish, given, "hung_up")
        self.commands.clear()


def run_tool(subject: Subject, wanted: results.RunTool) -> tool_types.ToolAnswer:
    """In its own transaction; the same call of a tool is answered from the record."""
    with scope.workspace(subject.claim.workspace_id):
        return tool_types.run(
            wanted.name,
            wanted.arguments,
            call=subject.call,
            run=subject.run,
            content=subject.content,
            call_id=wanted.call_id,
            position=wanted.position,
            by=people.agent(subject.content.agent.name, subject.claim.workspace_id),
            at=scope.now(),
            fence=subject.claim.epoch,
        )
