"""A call's life: ringing, accepted, attached, ended; and the sockets that watch it."""

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from voice.simulator.conversation import Conversation
from voice.simulator.line import Line
from voice.simulator.pace import Pace
from voice.simulator.script import Script
from voice.simulator.session import new_session
from voice.simulator.switches import Switches
from voice.simulator.wire import Frame, Ids, Wire

log = logging.getLogger(__name__)

ABRUPT, WITHOUT_CODE = 1006, 1005
FLUSH_S = 2.0
"""How long a client that does not read may hold up an orderly close; what it has not read then is missed."""


@dataclass(eq=False)
class Attachment:
    """One socket on a call; frames go out in order through its own queue."""

    request: web.Request
    socket: web.WebSocketResponse
    line: Line
    frames: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.writer = asyncio.create_task(self.write())

    async def write(self) -> None:
        async for text in self.line.carry(self.frames):
            try:
                await self.socket.send_str(text)
            except (ConnectionError, RuntimeError):
                return

    async def close(self, code: int, flush_s: float = FLUSH_S) -> None:
        if code == ABRUPT:
            # Pending frames are lost, as they are when a caller hangs up.
            if self.request.transport is not None:
                self.request.transport.abort()
            return
        self.frames.put_nowait(None)
        if self.writer is not None:
            await asyncio.wait({self.writer}, timeout=flush_s)
        if code == WITHOUT_CODE:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self.socket.send_frame(b"", WSMsgType.CLOSE)
            return
        await self.socket.close(code=code, message=b"")


@dataclass(eq=False)
class ToolCall:
    call_id: str
    item_id: str
    name: str
    arguments: dict[str, Any]
    at_ms: int
    output: str | None = None
    answers: int = 0
    given_up: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def as_json(self) -> dict[str, Any]:
        whole = vars(self)
        return {name: value for name, value in whole.items() if name != "answered"}


@dataclass(eq=False)
class Call:
    id: str
    script: Script
    switches: Switches
    pace: Pace
    seed: int
    number_from: str = ""
    number_to: str = ""
    primary: bool = False
    state: str = "ringing"
    end_reason: str = ""
    created_at: float = field(default_factory=time.time)
    ended_at: float | None = None
    session: Frame = field(init=False)
    accepted_with: Frame | None = None
    attachments: list[Attachment] = field(default_factory=list)
    first_attached: asyncio.Event = field(default_factory=asyncio.Event)
    watched: asyncio.Event = field(default_factory=asyncio.Event)
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    sockets_opened: int = 0
    sockets_too_early: int = 0
    sockets_to_refuse: int = 0
    frames_emitted: int = 0
    frames_missed: int = 0
    flush_s: float = FLUSH_S
    flushed: bool = False
    """The call is over, and everything that its watchers can get of it they have."""
    client_frames: Counter[str] = field(default_factory=Counter)
    tool_calls: dict[str, ToolCall] = field(default_factory=dict)
    unknown_outputs: list[str] = field(default_factory=list)
    referred_to: list[str] = field(default_factory=list)
    refer_requests: int = 0
    webhooks: dict[str, Any] = field(default_factory=lambda: {"attempts": 0, "delivered": 0})
    at_end: list[Callable[[], None]] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ids = Ids(f"{self.seed}:{self.id}")
        self.wire = Wire(self.ids)
        self.conversation = Conversation(self.ids.conversation())
        tail = self.id.rpartition("_")[2]
        form = "audio/pcm" if self.primary else self.switches.audio_format
        self.session = new_session(f"sess_u0_{tail}", audio_format=form)

    @property
    def live(self) -> bool:
        return self.state in ("ringing", "accepted")

    def emit(self, frame: Frame) -> None:
        """To every socket; with none, the frame is lost, as in reality."""
        if self.state == "ended":
            return
        self.frames_emitted += 1
        if not self.attachments:
            self.frames_missed += 1
            return
        text = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
        for attachment in self.attachments:
            attachment.frames.put_nowait(text)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work that ends with the call at the latest."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("call %s broke", self.id, exc_info=error)
            self.hang_up("simulator_broke", ABRUPT)

    def attach(self, attachment: Attachment) -> None:
        self.attachments.append(attachment)
        attachment.start()
        self.sockets_opened += 1
        self.first_attached.set()
        self.watched.set()

    def detach(self, attachment: Attachment) -> None:
        if attachment in self.attachments:
            self.attachments.remove(attachment)
        attachment.frames.put_nowait(None)

    def drop_sockets(self, code: int = ABRUPT) -> Coroutine[Any, Any, None]:
        """The audio goes on; only the watchers lose their sockets."""
        attachments, self.attachments = self.attachments, []
        self.watched.clear()
        return self._close_all(attachments, code)

    async def _close_all(self, attachments: list[Attachment], code: int) -> None:
        closing = (attachment.close(code, self.flush_s) for attachment in attachments)
        await asyncio.gather(*closing)
        # The mark of the end may be among them.
        left = (max(0, attachment.frames.qsize() - 1) for attachment in attachments)
        self.frames_missed += sum(left)
        self.flushed = not self.live

    def hang_up(self, reason: str, code: int) -> None:
        """End the call at once; safe to ask for from one of its own tasks."""
        if not self.live:
            return
        for note in self.at_end:
            note()
        self.state, self.end_reason, self.ended_at = "ended", reason, time.time()
        self.ended.set()
        for task in self.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        closing = asyncio.ensure_future(self.drop_sockets(code))
        CLOSINGS.add(closing)
        closing.add_done_callback(CLOSINGS.discard)

    def expire(self) -> None:
        """The provider's limit: it says so, then closes."""
        text = "Your session hit the maximum duration of 60 minutes."
        self.emit(self.wire.error("session_expired", text))
        self.hang_up("session_expired", 1001)

    def patience_s(self, ms: int) -> float:
        return max(ms / 1000 / self.pace.speed, self.switches.patience_floor_ms / 1000)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "script": self.script.name,
            "state": self.state,
            "end_reason": self.end_reason,
            "from": self.number_from,
            "to": self.number_to,
            "speed": self.pace.speed,
            "seed": self.seed,
            "created_at": self.created_at,
            "ended_at": self.ended_at,
            "position_ms": self.pace.now_ms(),
            "said": [turn.as_json() for turn in self.conversation.turns],
            "tool_calls": [call.as_json() for call in self.tool_calls.values()],
            "unknown_outputs": self.unknown_outputs,
            "client_frames": sum(self.client_frames.values()),
            "client_frame_types": dict(self.client_frames),
            "frames_emitted": self.frames_emitted,
            "frames_missed": self.frames_missed,
            "attached": len(self.attachments),
            "sockets_opened": self.sockets_opened,
            "referred_to": self.referred_to,
            "refer_requests": self.refer_requests,
            "webhooks": self.webhooks,
            "accepted_with": self.accepted_with,
        }

    def summary(self) -> dict[str, Any]:
        names = ("id", "script", "state", "end_reason", "from", "to", "speed", "attached")
        whole = self.as_json()
        return {name: whole[name] for name in names}


CLOSINGS: set[asyncio.Future[None]] = set()
"""Keeps the closing of sockets alive: the event loop itself holds tasks only weakly."""
