"""The model's side of a call: at most one active response, and the audio still to be heard."""

import asyncio

from voice.simulator.calls import Call
from voice.simulator.playback import Playback
from voice.simulator.response import Response
from voice.simulator.script import AgentBeat
from voice.simulator.wire import Frame

NOTHING = AgentBeat()


class Speaker:
    def __init__(self, call: Call) -> None:
        self.call = call
        self.active: Response | None = None
        self.work: asyncio.Task[None] | None = None
        self.playbacks: list[Playback] = []
        self.idle = asyncio.Event()
        self.idle.set()
        self.audio_spoken = False
        call.at_end.append(self._go_dead)

    def start(self, beat: AgentBeat, params: Frame) -> Response:
        prior = self.playing()
        response = Response(self.call, beat, params, prior)
        self.active = response
        self.idle.clear()
        self.playbacks = [each for each in self.playbacks if not each.done.is_set()]
        if response.playback is not None:
            self.playbacks.append(response.playback)
            self.audio_spoken = True
        response.open()
        if beat == NOTHING:
            # Whole in one go, so that it can never stand in the way of a turn of the script.
            response.close("completed")
            self._free()
        else:
            self.work = self.call.spawn(self._generate(response))
        return response

    def start_aside(self, beat: AgentBeat, params: Frame) -> None:
        """An out-of-band response: parallel, and not part of the conversation."""
        response = Response(self.call, beat, params, None)
        response.open()
        self.call.spawn(response.generate())

    def cancel(self, reason: str) -> bool:
        response = self.active
        if response is None:
            return False
        if self.work is not None and not self.work.done():
            self.work.cancel()
        response.cancel(reason)
        self._free()
        return True

    def playing(self) -> Playback | None:
        """The last audio that is not over."""
        waiting = [each for each in self.playbacks if not each.done.is_set()]
        return waiting[-1] if waiting else None

    def clear_audio(self) -> bool:
        """Cut what plays and what waits to play."""
        cut = [each for each in self.playbacks if not each.done.is_set()]
        for playback in cut:
            for frame in playback.cut():
                self.call.emit(frame)
        self.playbacks = []
        return bool(cut)

    def _go_dead(self) -> None:
        for playback in self.playbacks:
            playback.go_dead()

    async def silent(self) -> None:
        while (playback := self.playing()) is not None:
            await playback.done.wait()

    async def _generate(self, response: Response) -> None:
        await response.generate()
        if self.active is response:
            self._free()

    def _free(self) -> None:
        self.active = None
        self.work = None
        self.idle.set()
