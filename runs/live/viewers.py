"""Viewers: a bounded buffer between the hub and one socket. Who does not keep up is let go, never fed holes."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

MOST_FRAMES = 500
MOST_BYTES = 1024 * 1024
# The server's send does not feel the socket: who was sent this much since last heard of does not read.
MOST_UNHEARD = 8 * 1024 * 1024
ROOM = 100
# The server refuses to send a message above its own limit of 64 KiB, and the page hears nothing any more.
LARGEST_SENT = 48 * 1024
TOO_SLOW = 4408

logger = logging.getLogger(__name__)

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class Viewer:
    """`send` and `close` belong to the socket. Frames that wait together leave as arrays, as few as may be."""

    def __init__(self, send: Send, close: Close) -> None:
        self._send = send
        self._close = close
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._unheard = 0
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.closed = False
        self._task = asyncio.create_task(self._write())

    def put(self, frames: Iterable[str]) -> None:
        if self.closed:
            return
        for frame in frames:
            self._waiting.append(frame)
            self._bytes += len(frame)
            self._unheard += len(frame)
        too_much = len(self._waiting) > MOST_FRAMES or self._bytes > MOST_BYTES
        if too_much or self._unheard > MOST_UNHEARD:
            self._overflow()
        elif self._waiting:
            if len(self._waiting) >= ROOM:
                self._room.clear()
            self._wake.set()

    def heard(self) -> None:
        """A message came from the other side: what was sent before has been read."""
        self._unheard = 0

    async def room(self) -> None:
        """Wait until a catch-up may put its next lines: it must not overflow the buffer by itself."""
        await self._room.wait()

    async def stop(self) -> None:
        self.closed = True
        self._room.set()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _overflow(self) -> None:
        self.closed = True
        self._waiting.clear()
        self._room.set()
        self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self.closed:
                await self._close(TOO_SLOW)
                return
            frames = list(self._waiting)
            self._waiting.clear()
            self._bytes = 0
            if not frames:
                continue
            try:
                for message in messages(frames):
                    await self._send(message)
            except Exception:
                # A writer that ended unseen would leave a page that looks alive: it comes back and resumes.
                logger.exception("a viewer could not be written to")
                self._overflow()
            self._room.set()


def messages(frames: Sequence[str]) -> Iterator[str]:
    """The frames in their order, as many to a message as the server sends at once."""
    if len(frames) == 1:
        yield frames[0]
        return
    some: list[str] = []
    size = 0
    for frame in frames:
        more = len(frame.encode()) + 1
        if some and size + more > LARGEST_SENT:
            yield _joined(some)
            some, size = [], 0
        some.append(frame)
        size += more
    yield _joined(some)


def _joined(frames: Sequence[str]) -> str:
    return frames[0] if len(frames) == 1 else f"[{','.join(frames)}]"
