"""One response: its frames in the provider's order, and what is left of it when it is cut."""

import asyncio
import json
import re
from typing import Any

from voice.simulator.calls import Call, ToolCall
from voice.simulator.conversation import Turn
from voice.simulator.playback import Playback
from voice.simulator.script import AgentBeat, FunctionCall
from voice.simulator.wire import Frame

WORDS = re.compile(r"\s*\S+")
ARGUMENT_CHUNK = 16
SILENCE = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def failure(code: str) -> Frame:
    message = "The server had an error while processing your request."
    return {"type": "failed", "error": {"type": "server_error", "code": code, "message": message}}


class Response:
    """Synchronous steps, so that a cut can never fall between two frames that belong together."""

    def __init__(self, call: Call, beat: AgentBeat, params: Frame, prior: Playback | None) -> None:
        self.call, self.beat, self.params = call, beat, params
        self.wire = call.wire
        self.id = call.ids.response()
        self.in_band = params.get("conversation") != "none"
        modalities = params.get("output_modalities") or call.session["output_modalities"]
        self.audio = modalities != ["text"]
        self.status = "in_progress"
        self.over = asyncio.Event()
        self.output: list[Frame] = []
        self.tool_calls: list[ToolCall] = []
        self.message: Frame | None = None
        self.turn: Turn | None = None
        self.text = ""
        self.cut_after: int | None = None
        """It waits here, after so many words, for the caller to cut in."""
        self.at_cut = asyncio.Event()
        self.go_on = asyncio.Event()
        plays = self.audio and self.in_band and bool(beat.text)
        self.playback = Playback(call, self.id, prior) if plays else None

    @property
    def active(self) -> bool:
        return self.status == "in_progress"

    def open(self) -> None:
        self.call.emit(self.wire.frame("response.created", response=self._as_json(None)))

    async def generate(self) -> None:
        """Faster than playback: about 45 ms a word, spoken in 200 to 400."""
        pace = self.call.pace
        await pace.sleep(pace.between(220, 520))
        await self._wait_for_cut(0)
        if self.beat.fails:
            self.close("failed", failure(self.beat.fails))
            return
        if self.beat.text:
            self.begin_message()
            for number, word in enumerate(WORDS.findall(self.beat.text), start=1):
                self.say(word)
                await pace.sleep(pace.between(25, 60))
                await self._wait_for_cut(number)
            self.end_message("completed")
        for wanted in self.beat.calls:
            await pace.sleep(pace.between(40, 120))
            self.call_function(wanted)
        self.close("completed")

    async def _wait_for_cut(self, words: int) -> None:
        if words == self.cut_after:
            self.at_cut.set()
            await self.go_on.wait()

    def begin_message(self) -> None:
        item_id = self.call.ids.item()
        self.message = {
            "id": item_id,
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }
        if self.beat.calls:
            self.message["phase"] = "commentary"
        self._add_item(self.message)
        part = {"type": "audio", "transcript": ""} if self.audio else {"type": "text", "text": ""}
        self._emit_part("response.content_part.added", part=part)
        if self.in_band:
            self.turn = Turn("agent", "", item_id, self.call.pace.now_ms())
            self.call.conversation.say(self.turn)
            if self.playback is not None:
                self.playback.turn = self.turn
                self.playback.task = self.call.spawn(self.playback.run())

    def say(self, delta: str) -> None:
        self.text += delta
        if self.turn is not None:
            self.turn.text = self.text
        kind = "output_audio_transcript" if self.audio else "output_text"
        self.call.emit(self.wire.delta(f"response.{kind}.delta", delta, **self._place()))
        if self.call.primary and self.audio:
            self._emit_part("response.output_audio.delta", delta=SILENCE)
        if self.playback is not None:
            self.playback.feed(delta)

    def end_message(self, status: str) -> None:
        message = self.message
        assert message is not None
        if self.audio:
            self._emit_part("response.output_audio.done")
            self._emit_part("response.output_audio_transcript.done", transcript=self.text)
            part = {"type": "audio", "transcript": self.text}
            content = {"type": "output_audio", "transcript": self.text}
        else:
            self._emit_part("response.output_text.done", text=self.text)
            part = {"type": "text", "text": self.text}
            content = {"type": "output_text", "text": self.text}
        self._emit_part("response.content_part.done", part=part)
        message.update(status=status, content=[content])
        self._end_item(message)
        self.message = None
        if self.turn is not None and self.playback is None:
            self.turn.heard, self.turn.final = self.text, True

    def call_function(self, wanted: FunctionCall) -> None:
        arguments = json.dumps(wanted.arguments, separators=(",", ":"), ensure_ascii=False)
        item: Frame = {
            "id": self.call.ids.item(),
            "type": "function_call",
            "status": "in_progress",
            "name": wanted.name,
            "call_id": self.call.ids.function_call(),
            "arguments": "",
        }
        self._add_item(item)
        place = {
            "response_id": self.id,
            "item_id": item["id"],
            "output_index": len(self.output),
            "call_id": item["call_id"],
        }
        self._remember(item, wanted)
        for start in range(0, len(arguments), ARGUMENT_CHUNK):
            chunk = arguments[start : start + ARGUMENT_CHUNK]
            kind = "response.function_call_arguments.delta"
            self.call.emit(self.wire.delta(kind, chunk, **place))
        done = self.wire.frame(
            "response.function_call_arguments.done",
            **place,
            name=wanted.name,
            arguments=arguments,
        )
        self.call.emit(done)
        item.update(status="completed", arguments=arguments)
        self._end_item(item)

    def cancel(self, reason: str) -> None:
        if self.message is not None:
            self.end_message("incomplete")
        self.close("cancelled", {"type": "cancelled", "reason": reason})

    def close(self, status: str, details: Frame | None = None) -> None:
        self.status = status
        self.over.set()
        if self.playback is not None:
            self.playback.complete()
        done = self.wire.frame("response.done", response=self._as_json(details))
        self.call.emit(done)
        self.call.emit(self.wire.rate_limits())
        if self.call.switches.unknown_events:
            self.call.emit(self.wire.frame("call.quality_measured", mos=4.2))

    def _remember(self, item: Frame, wanted: FunctionCall) -> None:
        found = ToolCall(
            call_id=item["call_id"],
            item_id=item["id"],
            name=wanted.name,
            arguments=wanted.arguments,
            at_ms=self.call.pace.now_ms(),
        )
        self.tool_calls.append(found)
        self.call.tool_calls[found.call_id] = found

    def _place(self) -> dict[str, Any]:
        assert self.message is not None
        return {
            "response_id": self.id,
            "item_id": self.message["id"],
            "output_index": len(self.output),
            "content_index": 0,
        }

    def _emit_part(self, kind: str, **fields: Any) -> None:
        self.call.emit(self.wire.frame(kind, **self._place(), **fields))

    def _add_item(self, item: Frame) -> None:
        place = {"response_id": self.id, "output_index": len(self.output)}
        added = self.wire.frame("response.output_item.added", **place, item=dict(item))
        self.call.emit(added)
        if self.in_band:
            item_before = self.call.conversation.add(item)
            self.call.emit(self.wire.item("added", item_before, item))

    def _end_item(self, item: Frame) -> None:
        if self.in_band:
            order = self.call.conversation.order
            place = order.index(item["id"]) if item["id"] in order else 0
            self.call.emit(self.wire.item("done", order[place - 1] if place else None, item))
        place_out = {"response_id": self.id, "output_index": len(self.output)}
        done = self.wire.frame("response.output_item.done", **place_out, item=dict(item))
        self.call.emit(done)
        self.output.append(dict(item))

    def _as_json(self, details: Frame | None) -> Frame:
        session = self.call.session
        output = session["audio"]["output"]
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": self.status,
            "status_details": details,
            "output": list(self.output),
            "conversation_id": self.call.conversation.id if self.in_band else None,
            "output_modalities": ["audio"] if self.audio else ["text"],
            "max_output_tokens": self.params.get("max_output_tokens")
            or session["max_output_tokens"],
            "audio": {"output": {"format": output["format"], "voice": output["voice"]}},
            "usage": None if self.active else self._usage(),
            "metadata": self.params.get("metadata"),
        }

    def _usage(self) -> Frame:
        """Invented, but in proportion to what was said."""
        items = len(self.call.conversation.order)
        spoken = len(self.text) // 2 if self.audio else 0
        written = len(self.text) // 4 + 12 * len(self.tool_calls)
        empty = not self.output
        text_in, audio_in = (0, 0) if empty else (120 + 9 * items, 60 + 14 * items)
        text_out, audio_out = (0, 0) if empty else (written, spoken)
        cached = 0 if empty else 64
        return {
            "total_tokens": text_in + audio_in + text_out + audio_out,
            "input_tokens": text_in + audio_in,
            "output_tokens": text_out + audio_out,
            "input_token_details": {
                "text_tokens": text_in,
                "audio_tokens": audio_in,
                "image_tokens": 0,
                "cached_tokens": cached,
                "cached_tokens_details": {
                    "text_tokens": cached,
                    "audio_tokens": 0,
                    "image_tokens": 0,
                },
            },
            "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
        }
