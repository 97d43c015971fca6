"""Plays a recorded conversation: both sides say what the file says, when it says so, whoever listens.

The model answers nothing of its own (a response that the client asks for is empty), and nobody is cut
when both speak. Items stand in the order in which speech began. What the file says that the model
calls after a turn is called and waited for: the times of the rest shift by that.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from voice.simulator.calls import Call, ToolCall
from voice.simulator.conversation import Turn
from voice.simulator.playback_steps import Steps
from voice.simulator.playback_turns import Spoken
from voice.simulator.player import Player
from voice.simulator.response import Response
from voice.simulator.script import AgentBeat, FunctionCall
from voice.simulator.speaker import NOTHING
from voice.simulator.wire import Frame, user_audio_item

CHUNKS = re.compile(r"\s*\S+(?:\s+\Z)?|\s+")
CHUNK_REAL_MS = 90
"""At most one chunk of text in so much real time: a fast playback has long chunks, not more frames."""
HANG_UP_AFTER_MS = 1_500
HANG_UP_CODE = 1000
"""An orderly end: what was said in the last moment still arrives."""
FINISH, BEGIN, SAY = 0, 1, 2
ANSWERED_WITHIN_S = 60.0
"""A busy client answers late; one that never does must not stop the conversation."""


@dataclass(order=True)
class _Moment:
    at_ms: float
    kind: int
    number: int
    do: Callable[[], None] = field(compare=False)
    voice: "_Caller | _Agent" = field(compare=False)


class FilePlayer(Player):
    """In place of the script's player; one clock for both sides, so that nothing overtakes."""

    def __init__(self, call: Call, turns: Sequence[Spoken], *, stepwise: bool = False) -> None:
        super().__init__(call)
        self.turns = list(turns)
        self.sent = 0
        self.steps = Steps(stepwise=stepwise)
        self.to_call: list[FunctionCall] = []

    def respond_to_client(self, params: Frame) -> None:
        self.speaker.start(NOTHING, params)

    def end_caller_turn(self, auto_respond: bool) -> None:
        """The file says who speaks next."""

    async def play(self) -> None:
        if not await self._attached() or not await self._goes_on():
            return
        begun = self.call.pace.now_ms()
        last = 0.0
        for moment in sorted(self._moments()):
            late = self.call.pace.now_ms() - begun
            await self.call.pace.sleep(moment.at_ms - late)
            if not self.call.live:
                return
            moment.do()
            last = moment.at_ms
            if moment.kind == FINISH:
                stopped = self.call.pace.now_ms()
                await self._end_turn(moment.voice)
                if not await self._goes_on():
                    return
                if self.steps.stepwise or moment.voice.spoken.calls:
                    begun += self.call.pace.now_ms() - stopped
        await self.call.pace.sleep(last + HANG_UP_AFTER_MS - (self.call.pace.now_ms() - begun))
        self.call.hang_up("caller_hung_up", HANG_UP_CODE)

    async def _goes_on(self) -> bool:
        if await self.steps.may_go_on():
            return True
        self.call.hang_up("nobody_asked", HANG_UP_CODE)
        return False

    async def _end_turn(self, voice: "_Caller | _Agent") -> None:
        self.to_call += voice.spoken.calls
        if not voice.spoken.calls_first:
            voice.tell()
        # While the other side's model speaks, a second response would be refused: it is made up for.
        if self.to_call and self.speaker.active is None:
            await self._call_functions()
        if voice.spoken.calls_first:
            voice.tell()
        await self.steps.note(voice.spoken, voice.item_id)

    async def _call_functions(self) -> None:
        wanted, self.to_call = tuple(self.to_call), []
        response = Response(self.call, AgentBeat("", wanted), {}, None)
        response.open()
        for one in wanted:
            response.call_function(one)
        response.close("completed")
        waiting = [asyncio.ensure_future(one.answered.wait()) for one in response.tool_calls]
        await asyncio.wait(waiting, timeout=ANSWERED_WITHIN_S)
        for each in waiting:
            each.cancel()
        for call in response.tool_calls:
            call.given_up = not call.answered.is_set()

    def unanswered(self) -> list[ToolCall]:
        return [call for call in self.call.tool_calls.values() if call.given_up]

    def _moments(self) -> list[_Moment]:
        found: list[_Moment] = []
        for number, spoken in enumerate(self.turns):
            voice = (_Caller if spoken.side == "caller" else _Agent)(self, spoken)
            found.append(_Moment(spoken.start_ms, BEGIN, number, voice.begin, voice))
            for at_ms, chunk in _chunks(spoken, self.call.pace.speed):
                say = partial(voice.say, chunk)
                found.append(_Moment(at_ms, SAY, number, say, voice))
            found.append(_Moment(spoken.end_ms, FINISH, number, voice.finish, voice))
        return found


def _chunks(spoken: Spoken, speed: float) -> list[tuple[float, str]]:
    """The text in pieces over the first nine tenths of its time; together they are the text."""
    words = CHUNKS.findall(spoken.text)
    length = (spoken.end_ms - spoken.start_ms) * 0.9
    count = max(1, min(len(words), int(length / speed / CHUNK_REAL_MS)))
    pieces = [
        "".join(words[len(words) * n // count : len(words) * (n + 1) // count])
        for n in range(count)
    ]
    return [
        (spoken.start_ms + length * n / count, piece) for n, piece in enumerate(pieces) if piece
    ]


class _Caller:
    def __init__(self, player: FilePlayer, spoken: Spoken) -> None:
        self.player, self.call, self.text = player, player.call, spoken.text
        self.spoken = spoken
        self.before: str | None = None

    @property
    def item_id(self) -> str:
        return self.turn.item_id

    def begin(self) -> None:
        call = self.call
        self.turn = Turn("caller", "", call.ids.item(), call.pace.now_ms())
        call.conversation.say(self.turn)
        self.item = user_audio_item(self.turn.item_id)
        self.before = call.conversation.add(self.item)
        self._emit("input_audio_buffer.speech_started", audio_start_ms=self.turn.started_ms)
        self.player.sent += 1

    def say(self, chunk: str) -> None:
        self.turn.text += chunk
        kind = "conversation.item.input_audio_transcription.delta"
        place = {"item_id": self.turn.item_id, "content_index": 0}
        self.call.emit(self.call.wire.delta(kind, chunk, **place))

    def finish(self) -> None:
        turn, call = self.turn, self.call
        turn.text = turn.heard = turn.transcribed = self.text
        turn.final = True
        self._emit("input_audio_buffer.speech_stopped", audio_end_ms=call.pace.now_ms())
        self._emit("input_audio_buffer.committed", previous_item_id=self.before)
        call.emit(call.wire.item("added", self.before, self.item))
        call.emit(call.wire.item("done", self.before, self.item))

    def tell(self) -> None:
        """The text of the whole turn."""
        turn, call = self.turn, self.call
        seconds = max(1, (call.pace.now_ms() - turn.started_ms) // 1000)
        self._emit(
            "conversation.item.input_audio_transcription.completed",
            content_index=0,
            transcript=self.text,
            usage={"type": "duration", "seconds": seconds},
        )

    def _emit(self, kind: str, **fields: object) -> None:
        self.call.emit(self.call.wire.frame(kind, item_id=self.turn.item_id, **fields))


class _Agent:
    def __init__(self, player: FilePlayer, spoken: Spoken) -> None:
        self.player, self.call, self.text = player, player.call, spoken.text
        self.spoken = spoken

    @property
    def item_id(self) -> str:
        return self.response.turn.item_id if self.response.turn else ""

    def tell(self) -> None:
        """Its text came with the response."""

    def begin(self) -> None:
        self.response = Response(self.call, AgentBeat(self.text), {}, None)
        self.response.playback = None  # The file's own times, not those of a voice.
        self.player.speaker.active = self.response
        self.response.open()
        self.response.begin_message()
        self.player.sent += 1
        if self.text:
            self._media("started")

    def say(self, chunk: str) -> None:
        self.response.say(chunk)

    def finish(self) -> None:
        self.response.end_message("completed")
        self.response.close("completed")
        if self.player.speaker.active is self.response:
            self.player.speaker.active = None
        if self.text:
            self._media("stopped")

    def _media(self, what: str) -> None:
        self.call.emit(self.call.wire.media(f"output_audio_buffer.{what}", self.response.id))
