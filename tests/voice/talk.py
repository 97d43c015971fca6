"""A call told to the reducer, event by event."""

from dataclasses import dataclass, field
from typing import Any

from voice.switchboard import results
from voice.switchboard.inputs import Input, own
from voice.switchboard.reducer import reduce
from voice.switchboard.state import State

GREETING = "Greet the caller by saying: Hello."


@dataclass
class Talk:
    """A call told event by event."""

    state: State = field(default_factory=lambda: State(greeting=GREETING))
    at_ms: int = 100_000
    records: list[Any] = field(default_factory=list)
    effects: list[Any] = field(default_factory=list)

    def feed(self, *events: Input) -> "Talk":
        self.state, outcome = reduce(self.state, events)
        self.records += outcome.records
        self.effects += outcome.effects
        return self

    def hear(self, kind: str, after_ms: int = 10, **body: Any) -> "Talk":
        self.at_ms += after_ms
        return self.feed(Input(kind, {"type": kind, **body}, self.at_ms))

    def note(self, kind: str, **body: Any) -> "Talk":
        return self.feed(own(kind, self.at_ms, **body))

    def of(self, kind: type) -> list[Any]:
        return [one for one in (*self.records, *self.effects) if isinstance(one, kind)]

    def lines(self) -> list[str]:
        return [one.kind for one in self.of(results.Line)]

    def sent(self, kind: str) -> list[dict[str, Any]]:
        return [one.event for one in self.of(results.Send) if one.event["type"] == kind]

    # What the provider says, in its own order.

    def caller_begins(self, item: str) -> "Talk":
        return self.hear("input_audio_buffer.speech_started", item_id=item, audio_start_ms=1)

    def caller_stops(self, item: str, before: str | None) -> "Talk":
        self.hear("input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=2)
        self.hear("input_audio_buffer.committed", item_id=item, previous_item_id=before)
        content = [{"type": "input_audio", "transcript": None}]
        user = {"id": item, "type": "message", "role": "user", "content": content}
        return self.hear("conversation.item.added", previous_item_id=before, item=user)

    def caller_text(self, item: str, text: str) -> "Talk":
        kind = "conversation.item.input_audio_transcription.completed"
        return self.hear(kind, item_id=item, content_index=0, transcript=text)

    def caller_says(self, item: str, text: str, before: str | None) -> "Talk":
        return self.caller_begins(item).caller_stops(item, before).caller_text(item, text)

    def response(self, id: str) -> "Talk":
        return self.hear("response.created", response={"id": id, "conversation_id": "conv_1"})

    def agent_begins(self, response: str, item: str, before: str | None) -> "Talk":
        message = {"id": item, "type": "message", "role": "assistant", "content": []}
        self.hear("response.output_item.added", response_id=response, item=message)
        return self.hear("conversation.item.added", previous_item_id=before, item=message)

    def agent_delta(self, response: str, item: str, delta: str, after_ms: int = 10) -> "Talk":
        kind = "response.output_audio_transcript.delta"
        return self.hear(kind, after_ms, response_id=response, item_id=item, delta=delta)

    def agent_ends(self, response: str, item: str, text: str, status: str = "completed") -> "Talk":
        kind = "response.output_audio_transcript.done"
        self.hear(kind, response_id=response, item_id=item, transcript=text)
        content = [{"type": "output_audio", "transcript": text}]
        message = {"id": item, "type": "message", "role": "assistant", "status": status}
        done = {**message, "content": content}
        self.hear("conversation.item.done", previous_item_id=None, item=done)
        return self.hear("response.output_item.done", response_id=response, item=done)

    def response_done(self, id: str, status: str = "completed", **details: Any) -> "Talk":
        body = {"id": id, "status": status, "conversation_id": "conv_1", **details}
        return self.hear("response.done", response=body)

    def audio(self, what: str, response: str) -> "Talk":
        return self.hear(f"output_audio_buffer.{what}", response_id=response)

    def agent_says(self, response: str, item: str, text: str, before: str | None) -> "Talk":
        self.response(response).agent_begins(response, item, before)
        for word in text.split(" "):
            self.agent_delta(response, item, word + " ")
        self.audio("started", response).agent_ends(response, item, text)
        return self.response_done(response).audio("stopped", response)

    def calls_tool(self, response: str, call_id: str, name: str = "record_field") -> "Talk":
        return self.hear(
            "response.function_call_arguments.done",
            response_id=response,
            item_id=f"tool_{call_id}",
            call_id=call_id,
            name=name,
            arguments="{}",
        )

    def answered(self, call_id: str, *effects: str) -> "Talk":
        return self.note(
            "tool_answered", call_id=call_id, output={"status": "done"}, effects=list(effects)
        )


def begun() -> Talk:
    talk = Talk().note("attached", call="CALL-1", epoch=1, first=True)
    event_id = talk.sent("response.create")[0]["event_id"]
    assert talk.state.slot.event_id == event_id
    talk.agent_says("resp_1", "item_a1", "Hello there.", None)
    return talk


def positions(talk: Talk) -> list[str]:
    speeches = sorted(talk.state.speeches.values(), key=lambda one: one.position)
    return [one.item_id for one in speeches]
