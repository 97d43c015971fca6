"""What waits to be worked on in one call: frames of the socket and our own notices, in order."""

import asyncio
import math
import time
from collections import deque
from dataclasses import dataclass

from voice.switchboard.inputs import FrameRow, Input, own

# While the database is away a call keeps this much (a minute of two people talking at once); what
# comes on top is an explicit gap.
MOST_FRAMES = 2_000


def steady_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Arrival:
    event: Input | None
    row: FrameRow | None = None


class Inbox:
    def __init__(self) -> None:
        self._items: deque[Arrival] = deque()
        self._ready = asyncio.Event()
        self._frames = 0
        self._lost_since: float | None = None

    def put_frame(self, event: Input | None, row: FrameRow) -> None:
        if self._frames >= MOST_FRAMES:
            self._lost_since = self._lost_since or time.monotonic()
            return
        self._frames += 1
        self._items.append(Arrival(event, row))
        self._ready.set()

    def put(self, event: Input) -> None:
        self._items.append(Arrival(event))
        self._ready.set()

    def notice(self, kind: str, **body: object) -> None:
        self.put(own(kind, steady_ms(), **body))

    def __len__(self) -> int:
        return len(self._items)

    async def take(self, within: float | None) -> list[Arrival]:
        """Everything that waits; nothing where nothing comes within these seconds."""
        try:
            async with asyncio.timeout(within):
                await self._ready.wait()
        except TimeoutError:
            pass
        taken = list(self._items)
        self._items.clear()
        self._ready.clear()
        self._frames = 0
        if self._lost_since is not None:
            seconds = math.ceil(time.monotonic() - self._lost_since)
            self._lost_since = None
            taken.append(Arrival(own("gap", steady_ms(), code="not_recorded", seconds=seconds)))
        return taken

    def wake(self) -> None:
        """Let a waiting `take` return, though nothing arrived."""
        self._ready.set()
