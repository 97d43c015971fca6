"""The way of frames from the provider to one socket: what may be late, doubled, swapped or broken on it."""

import asyncio
import random
from collections.abc import AsyncIterator

from voice.simulator.switches import Switches

HELD_S = 0.05
"""How long a frame waits for one that may overtake it."""
BROKEN = '{"type":"response.done","event_id":'


class Line:
    def __init__(self, switches: Switches, seed: object, speed: float) -> None:
        self.switches, self.speed = switches, speed
        self.random = random.Random(f"line:{seed}")
        self.held: str | None = None

    async def carry(self, frames: "asyncio.Queue[str | None]") -> AsyncIterator[str]:
        """Every frame arrives at least once; the order changes only between neighbours."""
        while (text := await self._next(frames)) is not None:
            if self.switches.frame_delay_ms:
                most = self.switches.frame_delay_ms / 1000 / self.speed
                await asyncio.sleep(self.random.uniform(0, most))
            for each in self._arrivals(text):
                yield each
        if self.held is not None:
            yield self.held

    async def _next(self, frames: "asyncio.Queue[str | None]") -> str | None:
        if self.held is None:
            return await frames.get()
        try:
            return await asyncio.wait_for(frames.get(), HELD_S)
        except TimeoutError:
            return ""

    def _arrivals(self, text: str) -> list[str]:
        if self.held is not None:
            overtaken, self.held = self.held, None
            return [text, overtaken] if text else [overtaken]
        if self._happens(self.switches.frames_swapped):
            self.held = text
            return []
        arrivals = [text]
        if self._happens(self.switches.frames_repeated):
            arrivals.append(text)
        if self._happens(self.switches.frames_broken):
            arrivals.append(BROKEN)
        return arrivals

    def _happens(self, share: float) -> bool:
        return share > 0 and self.random.random() < share
