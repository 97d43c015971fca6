"""The clock of one call: its times divided by its speed."""

import asyncio
import random
import time

MS_PER_CHARACTER = 55.0
RATE_SPREAD = 0.30


class Pace:
    def __init__(self, speed: float, seed: object) -> None:
        self.speed = speed
        self.random = random.Random(f"pace:{seed}")
        self._started = time.monotonic()

    def start(self) -> None:
        self._started = time.monotonic()

    def now_ms(self) -> int:
        """Position in the call's audio."""
        return int((time.monotonic() - self._started) * 1000 * self.speed)

    async def sleep(self, ms: float) -> None:
        await asyncio.sleep(max(0.0, ms) / 1000 / self.speed)

    def between(self, low: float, high: float) -> float:
        return self.random.uniform(low, high)

    def speaking_rate(self) -> float:
        """Milliseconds a character; differs from turn to turn, so nothing can rest on it."""
        return MS_PER_CHARACTER * self.between(1 - RATE_SPREAD, 1 + RATE_SPREAD)
