"""Plays a script against a call.

The caller goes on whether anybody watches or not. The model speaks only when something asks it
to: the end of a caller's turn, or the client's response.create.
"""

import asyncio
import contextlib
from dataclasses import dataclass

from voice.simulator.caller import Caller
from voice.simulator.calls import Call, ToolCall
from voice.simulator.response import Response
from voice.simulator.script import AgentBeat, Beat, CallerStep, FunctionCall
from voice.simulator.session import turn_detection
from voice.simulator.speaker import NOTHING, Speaker
from voice.simulator.wire import Frame

KEY_GAP_MS = 240
NOISE_MS = 350
HANGUP_AFTER_MS = 1500
HEARD_MS = 300
MOST_LINGERS = 3
WATCHED_WITHIN_S = 60.0


@dataclass(eq=False)
class Run:
    beat: AgentBeat
    response: Response


class Player:
    def __init__(self, call: Call) -> None:
        self.call = call
        self.beats: list[Beat] = list(call.script.beats)
        self.cursor = 0
        self.caller_turn = False
        """While it is the caller's, a response.create finds nothing to say."""
        self.lingered = 0
        self.run: Run | None = None
        self.latest: Run | None = None
        self.uncollected: list[Run] = []
        self.taken = asyncio.Event()
        self.owed: tuple[FunctionCall, ...] = ()
        """What the model meant to call and could not; its next response makes up for it."""
        self.speaker = Speaker(call)
        self.caller = Caller(call, self.speaker, self.end_caller_turn)

    def end_caller_turn(self, auto_respond: bool) -> None:
        self.caller_turn = False
        if not auto_respond:
            return
        if self.speaker.active is None:
            self._respond({}, self._take())
        else:
            self.call.spawn(self._respond_when_free())

    def respond_to_client(self, params: Frame) -> None:
        waiting = self.caller_turn or any(self._unanswered())
        self._respond(params, None if waiting else self._take())

    async def play(self) -> None:
        """The whole call; ends with the caller putting down the phone."""
        if not await self._attached():
            return
        while self.call.live:
            beat = self.beats[self.cursor] if self.cursor < len(self.beats) else None
            if self.run is not None:
                run, self.run = self.run, None
                self.latest = run
                if not (isinstance(beat, CallerStep) and beat.cuts_in):
                    await self._settle(run)
            elif isinstance(beat, AgentBeat):
                await self._await_turn(beat)
            elif beat is not None:
                self.cursor += 1
                self.caller_turn = True
                await self._perform(beat)
                self.caller_turn = False
            else:
                await self._linger()

    async def _attached(self) -> bool:
        seconds = self.call.switches.attach_timeout_ms / 1000
        try:
            await asyncio.wait_for(self.call.first_attached.wait(), seconds)
        except TimeoutError:
            self.call.hang_up("nobody_attached", self.call.switches.caller_close_code)
            return False
        return True

    async def _await_turn(self, beat: AgentBeat) -> None:
        self.taken.clear()
        try:
            await asyncio.wait_for(self.taken.wait(), self._patience_s())
        except TimeoutError:
            if self.run is None:
                # Nobody asked the model to speak. Its words are lost, its calls are still owed.
                self.cursor += 1
                self.owed += beat.calls

    async def _settle(self, run: Run) -> None:
        """Wait for the end of the response and for the answers to what it called."""
        await run.response.over.wait()
        waiting = [asyncio.ensure_future(call.answered.wait()) for call in self._unanswered()]
        if waiting:
            await asyncio.wait(waiting, timeout=self._patience_s())
            for each in waiting:
                each.cancel()
        for call in self._unanswered():
            call.given_up = True
            self.owed += (FunctionCall(call.name, call.arguments),)

    async def _perform(self, step: CallerStep) -> None:
        if step.cuts_in:
            await self._cut_in(step)
        elif step.do == "drop_socket":
            await self.call.drop_sockets(step.code or self.call.switches.drop_code)
            if step.wait:
                # A script whose next words must be heard lets the other side come back first.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.call.watched.wait(), WATCHED_WITHIN_S)
        elif step.do == "session_expires":
            await self.speaker.silent()
            self.call.expire()
        elif step.do == "caller_silence":
            await self.speaker.silent()
            await self._keep_silent(step.ms or 0)
        else:
            await self.speaker.silent()
            await self._pause(step)
            await self._act(step)

    async def _act(self, step: CallerStep) -> None:
        if step.do == "caller_says":
            await self.caller.says(step.text, step.ms)
        elif step.do == "caller_dtmf":
            await self.caller.presses(step.keys, step.ms or KEY_GAP_MS)
        elif step.do == "noise":
            await self.caller.makes_noise(step.ms or NOISE_MS)
        elif step.do == "caller_hangup":
            if step.text:
                await self.caller.breaks_off(step.text, step.after_ms or None)
            self._put_down()

    async def _cut_in(self, step: CallerStep) -> None:
        response = self.latest.response if self.latest else None
        if response is not None:
            await self._await_moment(step, response)
        if step.do == "caller_hangup":
            self._put_down()
        elif step.do == "caller_dtmf":
            await self.caller.presses(step.keys, step.ms or KEY_GAP_MS)
        else:
            await self.caller.says(step.text, step.ms)
        if response is not None:
            response.go_on.set()

    async def _await_moment(self, step: CallerStep, response: Response) -> None:
        """By words and by what was heard, never by the clock alone: a replay cuts at the same place."""
        playback = self.speaker.playing()
        if step.moment in ("before_audio", "generation"):
            ends = [asyncio.ensure_future(each.wait()) for each in (response.at_cut, response.over)]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for each in ends:
                each.cancel()
            if step.moment == "generation" and playback is not None:
                await playback.reach(min(HEARD_MS, playback.duration_ms()))
        elif playback is not None:
            if step.do != "caller_hangup":
                await response.over.wait()
            await playback.reach(step.after_ms or HANGUP_AFTER_MS)

    async def _pause(self, step: CallerStep) -> None:
        """People think before they speak."""
        thinks = self.call.pace.between(350, 900)
        follows_at = step.after_ms if step.do == "caller_says" and step.after_ms else thinks
        await self.call.pace.sleep(follows_at)

    async def _keep_silent(self, ms: float) -> None:
        """The idle timeout may turn the silence into a turn, and the model into speaking."""
        idle = (turn_detection(self.call.session) or {}).get("idle_timeout_ms")
        while ms > 0:
            await self.speaker.silent()
            since = self.call.pace.now_ms()
            await self.call.pace.sleep(min(ms, idle or ms))
            if idle and ms >= idle:
                self.caller.is_silent(since)
            if self.run is not None:
                return
            ms -= idle or ms

    async def _linger(self) -> None:
        """A caller whose business is done waits a while for the other side to end the call."""
        await self.speaker.silent()
        await self._keep_silent(self.call.switches.linger_ms)
        self.lingered += 1
        if self.run is None or self.lingered >= MOST_LINGERS:
            await self.speaker.silent()
            self._put_down()

    async def _respond_when_free(self) -> None:
        while self.speaker.active is not None:
            await self.speaker.idle.wait()
        self._respond({}, self._take())

    def _put_down(self) -> None:
        self.call.hang_up("caller_hung_up", self.call.switches.caller_close_code)

    def _take(self) -> AgentBeat | None:
        """The next beat, if it is the model's turn, with what it still owes."""
        self._collect()
        beat = self.beats[self.cursor] if self.cursor < len(self.beats) else None
        if isinstance(beat, AgentBeat):
            self.cursor += 1
            if beat.fails:
                return beat
        elif beat is None and self.owed:
            beat = NOTHING
        else:
            return None
        owed, self.owed = self.owed, ()
        return AgentBeat(beat.text, owed + beat.calls)

    def _respond(self, params: Frame, beat: AgentBeat | None) -> None:
        response = self.speaker.start(beat or NOTHING, params)
        if beat is not None:
            self.run = Run(beat, response)
            response.cut_after = self._words_before_cut()
            self.uncollected.append(self.run)
            self.taken.set()

    def _words_before_cut(self) -> int | None:
        beat = self.beats[self.cursor] if self.cursor < len(self.beats) else None
        if not isinstance(beat, CallerStep) or beat.do != "caller_barge_in":
            return None
        return {"before_audio": 0, "generation": beat.after_words}.get(beat.moment)

    def _collect(self) -> None:
        """Calls that a cut response never got to make are owed."""
        for run in [each for each in self.uncollected if not each.response.active]:
            self.uncollected.remove(run)
            self.owed += run.beat.calls[len(run.response.tool_calls) :]

    def _unanswered(self) -> list[ToolCall]:
        calls = self.call.tool_calls.values()
        return [call for call in calls if not call.answered.is_set() and not call.given_up]

    def _patience_s(self) -> float:
        return self.call.patience_s(self.call.switches.tool_timeout_ms)
