"""The audio of one message as the caller hears it; slower than its generation."""

import asyncio

from voice.simulator.calls import Call
from voice.simulator.conversation import Turn

DELTAS_BEFORE_AUDIO = 3
POLL_MS = 40


class Playback:
    def __init__(self, call: Call, response_id: str, prior: "Playback | None") -> None:
        self.call = call
        self.response_id = response_id
        self.prior = prior
        self.rate = call.pace.speaking_rate()
        self.turn: Turn | None = None
        self.text = ""
        self.deltas = 0
        self.generated = False
        self.started_ms: int | None = None
        self.task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.started = asyncio.Event()
        self.done = asyncio.Event()

    def feed(self, delta: str) -> None:
        self.text += delta
        self.deltas += 1
        if self.deltas >= DELTAS_BEFORE_AUDIO:
            self.ready.set()

    def complete(self) -> None:
        """Nothing more will be generated."""
        self.generated = True
        if self.text:
            self.ready.set()
        else:
            self.done.set()

    def position_ms(self) -> int:
        if self.started_ms is None:
            return 0
        return min(self.call.pace.now_ms() - self.started_ms, self.duration_ms())

    def duration_ms(self) -> int:
        return int(len(self.text) * self.rate)

    async def run(self) -> None:
        """One message after another: audio of a second waits for the first to end."""
        if self.prior is not None:
            await self.prior.done.wait()
        self.prior = None
        await self.ready.wait()
        self.started_ms = self.call.pace.now_ms()
        if not self.call.primary:
            self.call.emit(self.call.wire.media("output_audio_buffer.started", self.response_id))
        self.started.set()
        while not self.generated or self.position_ms() < self.duration_ms():
            left = self.duration_ms() - self.position_ms()
            await self.call.pace.sleep(left + 1 if self.generated else POLL_MS)
        self._finish(heard=self.text, interrupted=False)
        if not self.call.primary:
            self.call.emit(self.call.wire.media("output_audio_buffer.stopped", self.response_id))

    async def reach(self, ms: int) -> None:
        """Wait until the caller has heard this much, or all of it."""
        over = asyncio.ensure_future(self.done.wait())
        begun = asyncio.ensure_future(self.started.wait())
        try:
            await asyncio.wait({over, begun}, return_when=asyncio.FIRST_COMPLETED)
            while not self.done.is_set() and self.position_ms() < ms:
                left = ms - self.position_ms() + 1
                await asyncio.wait({over}, timeout=left / 1000 / self.call.pace.speed)
        finally:
            over.cancel()
            begun.cancel()

    def heard_text(self) -> str:
        """The whole words that have reached the caller."""
        heard = self.text[: int(self.position_ms() / self.rate)]
        if len(heard) < len(self.text) and not self.text[len(heard)].isspace():
            heard = heard.rpartition(" ")[0]
        return heard.rstrip()

    def go_dead(self) -> None:
        """The line is gone: no frames any more, only what was heard."""
        if self.turn is not None and not self.done.is_set():
            self.turn.heard, self.turn.interrupted = self.heard_text(), True

    def cut(self) -> list[dict[str, object]]:
        """End it here; answer with the frames that say so."""
        position, heard = self.position_ms(), self.heard_text()
        frames: list[dict[str, object]] = []
        wire = self.call.wire
        if self.started.is_set() and not self.call.primary:
            frames.append(wire.media("output_audio_buffer.cleared", self.response_id))
        if self.turn is not None:
            cut = wire.frame(
                "conversation.item.truncated",
                item_id=self.turn.item_id,
                content_index=0,
                audio_end_ms=position,
            )
            frames.append(cut)
        if self.task is not None:
            self.task.cancel()
        self._finish(heard=heard, interrupted=True)
        return frames

    def _finish(self, *, heard: str, interrupted: bool) -> None:
        if self.turn is not None:
            self.turn.heard, self.turn.interrupted, self.turn.final = heard, interrupted, True
        self.done.set()
