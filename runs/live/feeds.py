"""Feeds: what one topic's watchers get, in order and without a hole. One feed a topic and process."""

import asyncio
import json
import logging
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runs.live.viewers import Viewer

logger = logging.getLogger(__name__)

CHUNK = 100
MOST_MISSED = 2000  # beyond this a page that is read again is cheaper than its lines
LIST_GAP_S = 0.5  # a tile changes at most twice a second
MOST_AWAY_MS = 3_600_000
RETRY_S = 1.0

Message = dict[str, Any]
Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    """`run_id` is None for a list. `channel` is the name on the bus."""

    channel: str
    workspace_id: uuid.UUID
    run_id: uuid.UUID | None = None


class Source(Protocol):
    """Where lines are read again: Postgres."""

    async def lines(self, topic: Topic, after: int, limit: int) -> list[Message]: ...

    async def last_numbers(self, topics: Sequence[Topic]) -> dict[uuid.UUID, int]: ...


Render = Callable[[Topic, Sequence[Message], Hashable], Awaitable[list[Frame]]]
"""Frames for one variant of viewers. A frame with a number stands for that line; others go with it."""


@dataclass(slots=True)
class Seat:
    variant: Hashable
    position: int


class Feed:
    """What both kinds share: an inbox, a task that empties it, and seats."""

    def __init__(self, topic: Topic, source: Source, render: Render) -> None:
        self.topic = topic
        self.source = source
        self.render = render
        self.seats: dict[Viewer, Seat] = {}
        self.subscribed = asyncio.Event()
        self.was_subscribed = False
        self.joining = 0
        self._inbox: deque[Message] = deque()
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task = asyncio.create_task(self._run())

    def push(self, message: Message) -> None:
        self._inbox.append(message)
        self._wake.set()

    def leave(self, viewer: Viewer) -> None:
        self.seats.pop(viewer, None)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            messages = list(self._inbox)
            self._inbox.clear()
            try:
                async with self._lock:
                    await self._deliver(messages)
            except Exception:
                # The rows are still there: what was not shown is read again from them.
                logger.exception("live feed %s: tries again", self.topic.channel)
                await asyncio.sleep(RETRY_S)
                self.push({"check": 0})
            await self._pause()

    async def _pause(self) -> None:
        return None

    async def join(self, viewer: Viewer, variant: Hashable, *, name: str, after: int) -> None:
        raise AssertionError("a feed seats its viewers in its own way")

    async def _deliver(self, messages: list[Message]) -> None:
        raise AssertionError("a feed delivers in its own way")

    async def _frames(self, messages: Sequence[Message], variant: Hashable) -> list[Frame]:
        return await self.render(self.topic, messages, variant)

    def _hello(self, name: str, number: int) -> str:
        return dumps({"topic": name, "kind": "hello", "number": number})

    def _snapshot(self, name: str) -> str:
        return dumps({"topic": name, "kind": "snapshot.needed", "number": None})


class RunFeed(Feed):
    """Numbered lines: passes on only `last + 1`; a gap is read once from Postgres for all viewers."""

    def __init__(self, topic: Topic, source: Source, render: Render) -> None:
        super().__init__(topic, source, render)
        self.last: int | None = None

    async def join(self, viewer: Viewer, variant: Hashable, *, name: str, after: int) -> None:
        """Hello, every line after `after` in order, then what comes; lines are never skipped or doubled."""
        newest = await self._newest()
        viewer.put([self._hello(name, newest)])
        position = after
        if after > newest or newest - after > MOST_MISSED:
            viewer.put([self._snapshot(name)])
            position = newest
        while newest - position > CHUNK:
            position = await self._catch_up(viewer, variant, position)
            await viewer.room()
        # The rest under the lock: nothing can be passed on between the last read and the seat.
        async with self._lock:
            while (reached := await self._catch_up(viewer, variant, position)) != position:
                position = reached
            if self.last is None:
                self.last = position
            opened = await self._frames([{"open": True}], variant)
            viewer.put([dumps(frame) for frame in opened])
            if not viewer.closed:
                self.seats[viewer] = Seat(variant, position)

    async def _newest(self) -> int:
        assert self.topic.run_id is not None
        return (await self.source.last_numbers([self.topic])).get(self.topic.run_id, 0)

    async def _catch_up(self, viewer: Viewer, variant: Hashable, position: int) -> int:
        lines = await self.source.lines(self.topic, position, CHUNK)
        if not lines:
            return position
        viewer.put([dumps(frame) for frame in await self._frames(lines, variant)])
        return int(lines[-1]["number"])

    async def _deliver(self, messages: list[Message]) -> None:
        if self.last is None:
            return
        ready: list[Message] = []
        reached = self.last
        for message in messages:
            if "part" in message:
                ready.append(message)
                continue
            number = int(message.get("number") or 0)
            if number == reached + 1:
                ready.append(message)
                reached = number
            elif number > reached or "check" in message:
                while missed := await self.source.lines(self.topic, reached, CHUNK):
                    await self._show([*ready, *missed])
                    ready = []
                    reached = self.last = int(missed[-1]["number"])
        await self._show(ready)
        self.last = reached

    async def _show(self, messages: list[Message]) -> None:
        if not messages:
            return
        for variant in {seat.variant for seat in self.seats.values()}:
            frames = await self._frames(messages, variant)
            made = [(frame.get("number"), dumps(frame)) for frame in frames]
            for viewer, seat in list(self.seats.items()):
                if seat.variant != variant:
                    continue
                new = [text for number, text in made if number is None or number > seat.position]
                viewer.put(new)
                # At once: should a later variant fail, this one is not shown its lines again.
                seat.position = max(seat.position, *(number or 0 for number, _ in made), 0)


class ListFeed(Feed):
    """Rows that change: what happened meanwhile is merged by run, rows are drawn as they are now.

    Numbers are versions (milliseconds, strictly rising), so that a row drawn earlier never wins.
    """

    def __init__(self, topic: Topic, source: Source, render: Render) -> None:
        super().__init__(topic, source, render)
        self.shown_at = stamp()
        self._number = 0

    async def join(self, viewer: Viewer, variant: Hashable, *, name: str, after: int) -> None:
        """Hello, then the rows that changed since `after`, or the advice to read the page again."""
        async with self._lock:
            viewer.put([self._hello(name, stamp())])
            if after <= 0 or stamp() - after > MOST_AWAY_MS:
                viewer.put([self._snapshot(name)] if after > 0 else [])
            else:
                frames = await self._frames([{"since": after}], variant)
                viewer.put([dumps(self._numbered(frame)) for frame in frames])
            if not viewer.closed:
                self.seats[viewer] = Seat(variant, 0)

    async def _deliver(self, messages: list[Message]) -> None:
        if any("check" in one for one in messages):
            messages = [*messages, {"since": self.shown_at}]
        now = stamp()
        for variant in {seat.variant for seat in self.seats.values()}:
            frames = await self._frames(messages, variant)
            made = [dumps(self._numbered(frame)) for frame in frames]
            for viewer, seat in list(self.seats.items()):
                if seat.variant == variant:
                    viewer.put(made)
        self.shown_at = now

    async def _pause(self) -> None:
        await asyncio.sleep(LIST_GAP_S)

    def _numbered(self, frame: Frame) -> Frame:
        self._number = max(self._number + 1, stamp())
        return {**frame, "number": self._number}


def stamp() -> int:
    """The version of a list now: what a page was drawn at and a frame is numbered with."""
    return int(time.time() * 1000)


# One for all: json.dumps makes a new one for each frame.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dumps(frame: Frame) -> str:
    text = _encode(frame)
    if text.isascii():
        return text
    # Half a surrogate pair, as a client may have sent it, has no bytes: it goes back as its escape.
    return text.encode(errors="backslashreplace").decode()
