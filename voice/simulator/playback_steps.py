"""A playback that goes on turn by turn, so that somebody can look at the record after each."""

import asyncio
import contextlib
from collections.abc import Callable

from voice.simulator.playback_turns import Spoken

ASKED_WITHIN_S = 120.0
"""Whoever steps has gone away: the call must not stay on the line for ever."""


class Steps:
    """Counts the turns that are over. Stepwise, the next one begins when it is asked for."""

    def __init__(self, *, stepwise: bool) -> None:
        self.stepwise = stepwise
        self.over = 0
        self.asked = 0
        self.source = -1
        self.item_id = ""
        self._changed = asyncio.Condition()

    async def may_go_on(self) -> bool:
        """Wait to be asked for the next turn; False where nobody does."""
        if not self.stepwise:
            return True
        return await self._until(lambda: self.asked > self.over, ASKED_WITHIN_S)

    async def note(self, spoken: Spoken, item_id: str) -> None:
        """A turn is over, and all that it led to was answered."""
        self.source, self.item_id = spoken.source, item_id
        self.over += 1
        await self._tell()

    async def ask(self, after: int, within_s: float) -> None:
        """Ask for the turn after so many, and wait a while for its end; asking twice is asking once."""
        self.asked = max(self.asked, after + 1)
        await self._tell()
        await self._until(lambda: self.over > after, within_s)

    async def _until(self, true: Callable[[], bool], within_s: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(true)
        return true()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
