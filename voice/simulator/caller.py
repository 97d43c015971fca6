"""The caller's side: voice activity, items, transcription, keys."""

import re
import time
from collections.abc import Callable

from voice.simulator.calls import Call
from voice.simulator.conversation import Turn
from voice.simulator.session import turn_detection
from voice.simulator.speaker import Speaker
from voice.simulator.wire import user_audio_item

WORDS = re.compile(r"\s*\S+")
MS_PER_WORD = 330
STREAMED_BEFORE_STOP = 0.7
LATEST_TRANSCRIPT_MS = 1400
MISHEARD = {
    "boiler": "broiler",
    "fifteen": "fifty",
    "Friday": "Thursday",
    "can": "can't",
    "no": "now",
    "two": "to",
}


class Caller:
    def __init__(self, call: Call, speaker: Speaker, turn_over: Callable[[bool], None]) -> None:
        self.call, self.speaker = call, speaker
        self.turn_over = turn_over
        self.wire = call.wire
        self.uncommitted: Turn | None = None

    async def says(self, text: str, ms: int | None) -> None:
        turn = self._start_speech()
        words = WORDS.findall(" " + text)
        length = ms if ms is not None else max(600, len(words) * MS_PER_WORD)
        streamed = int(len(words) * STREAMED_BEFORE_STOP)
        await self._speak_words(turn, words, length, streamed)
        turn.text = turn.heard = text
        turn.final = True
        await self._stop_speech(turn)
        self.call.spawn(self._transcribe(turn, words[streamed:], length))

    async def breaks_off(self, text: str, after_ms: int | None) -> None:
        """Speech that will have no end: the line goes dead in the middle."""
        turn = self._start_speech()
        words = WORDS.findall(" " + text)
        length = after_ms if after_ms is not None else len(words) * MS_PER_WORD
        await self._speak_words(turn, words, length, len(words))
        turn.text = turn.heard = text
        # What was said before the line went dead is on its way already.
        await self.call.pace.sleep(length / len(words))

    async def makes_noise(self, ms: int) -> None:
        turn = self._start_speech()
        await self.call.pace.sleep(ms)
        turn.final = True
        await self._stop_speech(turn)
        self.call.spawn(self._transcribe(turn, [], ms))

    async def presses(self, keys: str, gap_ms: int) -> None:
        turn = self._start_speech() if self.call.switches.keys_are_speech else None
        for number, key in enumerate(keys):
            if number:
                await self.call.pace.sleep(gap_ms)
            self.call.emit(self.wire.dtmf(key, int(time.time())))
        if turn is not None:
            turn.final = True
            await self._stop_speech(turn)
            self.call.spawn(self._transcribe(turn, [], gap_ms * len(keys)))

    def is_silent(self, since_ms: int) -> None:
        """The provider's idle timeout: silence becomes a turn of its own."""
        item_id = self.call.ids.item()
        now = self.call.pace.now_ms()
        triggered = self.wire.frame(
            "input_audio_buffer.timeout_triggered",
            audio_start_ms=since_ms,
            audio_end_ms=now,
            item_id=item_id,
        )
        self.call.emit(triggered)
        self._commit(item_id)
        self._end_turn()
        if self.call.switches.silence_transcribed:
            turn = Turn("caller", "", item_id, since_ms, final=True)
            self.call.spawn(self._transcribe(turn, [], now - since_ms))

    def commit_by_client(self) -> bool:
        if self.uncommitted is None:
            return False
        turn, self.uncommitted = self.uncommitted, None
        self._commit(turn.item_id)
        self.call.spawn(self._transcribe(turn, WORDS.findall(" " + turn.text), 1000))
        return True

    def _start_speech(self) -> Turn:
        turn = Turn("caller", "", self.call.ids.item(), self.call.pace.now_ms())
        self.call.conversation.say(turn)
        detection = turn_detection(self.call.session)
        if detection is not None:
            started = self.wire.frame(
                "input_audio_buffer.speech_started",
                audio_start_ms=turn.started_ms,
                item_id=turn.item_id,
            )
            self.call.emit(started)
            if detection["interrupt_response"]:
                self._interrupt()
        return turn

    def _interrupt(self) -> None:
        if self.call.switches.cut_order == "cleared_first":
            self.speaker.clear_audio()
            self.speaker.cancel("turn_detected")
        else:
            self.speaker.cancel("turn_detected")
            self.speaker.clear_audio()

    async def _speak_words(self, turn: Turn, words: list[str], ms: float, streamed: int) -> None:
        for number, word in enumerate(words):
            await self.call.pace.sleep(ms / len(words))
            turn.text = turn.heard = "".join(words[: number + 1]).strip()
            if number < streamed:
                self._transcript_delta(turn, word)

    async def _stop_speech(self, turn: Turn) -> None:
        detection = turn_detection(self.call.session)
        if detection is None:
            self.uncommitted = turn
            return
        ended_ms = self.call.pace.now_ms()
        await self.call.pace.sleep(detection.get("silence_duration_ms", 200))
        stopped = self.wire.frame(
            "input_audio_buffer.speech_stopped", audio_end_ms=ended_ms, item_id=turn.item_id
        )
        self.call.emit(stopped)
        self._commit(turn.item_id)
        self._end_turn()

    def _commit(self, item_id: str) -> None:
        item = user_audio_item(item_id)
        previous = self.call.conversation.add(item)
        committed = self.wire.frame(
            "input_audio_buffer.committed", previous_item_id=previous, item_id=item_id
        )
        self.call.emit(committed)
        self.call.emit(self.wire.item("added", previous, item))
        self.call.emit(self.wire.item("done", previous, item))

    def _end_turn(self) -> None:
        detection = turn_detection(self.call.session)
        self.turn_over(detection is not None and bool(detection["create_response"]))

    def _transcribes(self) -> bool:
        return self.call.session["audio"]["input"]["transcription"] is not None

    def _transcript_delta(self, turn: Turn, word: str) -> None:
        heard = self._hear(word)
        turn.transcribed = (turn.transcribed or "") + heard
        if self._transcribes():
            kind = "conversation.item.input_audio_transcription.delta"
            place = {"item_id": turn.item_id, "content_index": 0}
            self.call.emit(self.wire.delta(kind, heard, **place))

    def _hear(self, word: str) -> str:
        if self.call.switches.misheard <= 0:
            return word
        if self.call.pace.random.random() >= self.call.switches.misheard:
            return word
        bare = word.strip()
        return word.replace(bare, MISHEARD.get(bare, bare[:-1] or bare))

    async def _transcribe(self, turn: Turn, rest: list[str], length_ms: float) -> None:
        """The words arrive when they arrive: before, inside or after the answer."""
        pace, switches = self.call.pace, self.call.switches
        delay = switches.transcript_delay_ms
        total: float = pace.between(150, LATEST_TRANSCRIPT_MS) if delay is None else delay
        for word in rest:
            await pace.sleep(total / (len(rest) + 1))
            self._transcript_delta(turn, word)
        await pace.sleep(total / (len(rest) + 1))
        if not self._transcribes():
            return
        place = {"item_id": turn.item_id, "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        if switches.transcription_failed:
            error = {
                "type": "server_error",
                "code": "audio_unintelligible",
                "message": "The audio could not be transcribed.",
                "param": None,
            }
            self.call.emit(self.wire.frame(f"{kind}.failed", **place, error=error))
            return
        usage = {"type": "duration", "seconds": max(1, round(length_ms / 1000))}
        transcript = (turn.transcribed or "").strip()
        done = self.wire.frame(f"{kind}.completed", **place, transcript=transcript, usage=usage)
        self.call.emit(done)
        if switches.duplicate_frames:
            self.call.emit(done)
