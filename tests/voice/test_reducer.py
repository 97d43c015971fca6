"""The pure heart of the switchboard: events in, state, records and effects out."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from voice.switchboard import heard, results
from voice.switchboard.inputs import Input, decode, own, redact
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


def test_the_greeting_is_asked_for_once():
    talk = begun()
    creates = talk.sent("response.create")
    assert [one["response"]["metadata"] for one in creates] == [{"purpose": "greeting"}]
    assert creates[0]["response"]["instructions"] == GREETING
    assert talk.lines()[:2] == ["sideband.attached", "call.answered"]
    assert talk.state.slot.state == "free"


def test_turns_are_reserved_when_speech_begins_and_filled_later():
    talk = begun()
    talk.caller_begins("item_c1").caller_stops("item_c1", "item_a1")
    talk.agent_says("resp_2", "item_a2", "Which address?", "item_c1")
    talk.caller_text("item_c1", "My boiler is broken.")
    assert positions(talk) == ["item_a1", "item_c1", "item_a2"]
    changed = talk.of(results.TurnChanged)
    assert [(one.text, one.state, one.version) for one in changed] == [
        ("Hello there.", "final", 1),
        ("Which address?", "final", 1),
        ("My boiler is broken.", "final", 1),
    ]


def test_what_is_final_twice_is_one_version_unless_the_words_differ():
    talk = begun().caller_says("item_c1", "My boiler is broken.", "item_a1")
    talk.caller_text("item_c1", "My boiler is broken.")
    assert len([one for one in talk.of(results.TurnChanged) if one.speaker == "caller"]) == 1
    talk.caller_text("item_c1", "My broiler is broken.")
    last = talk.of(results.TurnChanged)[-1]
    assert (last.reason, last.version, last.state) == ("repaired", 2, "final")


def test_a_turn_whose_beginning_was_missed_stands_where_the_chain_says():
    talk = begun()
    talk.agent_says("resp_2", "item_a2", "Which address?", "item_c1")
    talk.caller_stops("item_c1", "item_a1").caller_text("item_c1", "It is broken.")
    assert positions(talk) == ["item_a1", "item_c1", "item_a2"]


def test_items_that_are_no_turns_keep_the_chain_whole():
    talk = begun().caller_says("item_c1", "Hello.", "item_a1")
    output = {"id": "item_o", "type": "function_call_output", "call_id": "c", "output": "{}"}
    talk.hear("conversation.item.added", previous_item_id="item_c1", item=output)
    talk.agent_says("resp_3", "item_a3", "Later.", "item_a2")
    message = {"id": "item_a2", "type": "message", "role": "assistant", "content": []}
    talk.hear("conversation.item.added", previous_item_id="item_o", item=message)
    assert positions(talk) == ["item_a1", "item_c1", "item_a2", "item_a3"]


def test_text_is_told_in_chunks_and_in_the_pauses():
    talk = begun().caller_begins("item_c1")
    kind = "conversation.item.input_audio_transcription.delta"
    for word in (" My", " boiler", " is", " broken"):
        talk.hear(kind, 100, item_id="item_c1", delta=word)
    parts = [one for one in talk.of(results.TurnPart) if one.speaker == "caller"]
    assert [one.whole for one in parts] == ["My", "My boiler is broken"]
    talk.hear(kind, 10, item_id="item_c1", delta=" again")
    talk.at_ms += 300
    talk.note("tick")
    parts = [one for one in talk.of(results.TurnPart) if one.speaker == "caller"]
    assert "".join(one.text for one in parts) == "My boiler is broken again"
    assert [one.part for one in parts] == [1, 2, 3]


def test_barge_in_while_playing_cuts_what_was_generated():
    text = "Thank you. Before we look at a visit, let me explain how our repairs work in detail."
    talk = begun()
    talk.response("resp_2").agent_begins("resp_2", "item_a2", "item_a1")
    talk.agent_delta("resp_2", "item_a2", text).audio("started", "resp_2")
    talk.agent_ends("resp_2", "item_a2", text).response_done("resp_2")
    talk.caller_begins("item_c1").audio("cleared", "resp_2")
    talk.hear("conversation.item.truncated", item_id="item_a2", audio_end_ms=1860)
    cut = talk.of(results.TurnChanged)[-1]
    assert (cut.state, cut.version, cut.text, cut.cut_at_ms) == ("cut", 2, text, 1860)
    assert text[: cut.heard_chars] == "Thank you. Before we"
    assert talk.state.voice == "interrupted"
    assert positions(talk)[-1] == "item_c1"


@pytest.mark.parametrize("cut_first", [True, False])
def test_barge_in_while_generating_ends_the_same_in_any_order(cut_first):
    talk = begun()
    talk.response("resp_2").agent_begins("resp_2", "item_a2", "item_a1")
    talk.agent_delta("resp_2", "item_a2", "Let me explain").audio("started", "resp_2")
    talk.caller_begins("item_c1")

    def cut():
        talk.audio("cleared", "resp_2")
        talk.hear("conversation.item.truncated", item_id="item_a2", audio_end_ms=720)

    if cut_first:
        cut()
    talk.agent_ends("resp_2", "item_a2", "Let me explain", status="incomplete")
    talk.response_done("resp_2", "cancelled", status_details={"reason": "turn_detected"})
    if not cut_first:
        cut()
    speech = talk.state.speeches["item_a2"]
    assert (speech.state, speech.text) == ("cut", "Let me explain")
    assert talk.state.slot.state == "free"
    assert not talk.state.playing


def test_cancelled_before_any_audio_was_not_heard():
    talk = begun()
    talk.response("resp_2").agent_begins("resp_2", "item_a2", "item_a1")
    talk.agent_delta("resp_2", "item_a2", "Let me")
    talk.agent_ends("resp_2", "item_a2", "Let me", status="incomplete")
    talk.response_done("resp_2", "cancelled")
    assert talk.state.speeches["item_a2"].state == "unheard"
    assert talk.of(results.TurnChanged)[-1].heard_chars == 0


def test_an_empty_response_leaves_no_turn():
    talk = begun().response("resp_2").response_done("resp_2", "cancelled", output=[])
    assert positions(talk) == ["item_a1"]
    assert talk.state.voice == "listening"


def test_silence_is_no_turn_and_nobody_at_all_ends_the_call():
    talk = begun()
    for number in (1, 2):
        item = f"item_s{number}"
        talk.hear(
            "input_audio_buffer.timeout_triggered",
            item_id=item,
            audio_start_ms=13216,
            audio_end_ms=21216,
        )
        talk.hear("input_audio_buffer.committed", item_id=item, previous_item_id="item_a1")
        talk.caller_text(item, "")
    assert positions(talk) == ["item_a1"]
    silences = [one.body for one in talk.of(results.Line) if one.kind == "silence.noted"]
    assert [one["seconds"] for one in silences] == [8, 8]
    assert [one.reason for one in talk.of(results.HangUp)] == ["nobody_spoke"]


def test_a_caller_who_spoke_may_be_silent():
    talk = begun().caller_says("item_c1", "One moment.", "item_a1")
    for number in (1, 2, 3):
        talk.hear("input_audio_buffer.timeout_triggered", item_id=f"item_s{number}")
    assert not talk.of(results.HangUp)


def test_two_turns_without_words_are_noise():
    talk = begun()
    talk.caller_says("item_c1", "", "item_a1")
    assert "noise.noted" not in talk.lines()
    kind = "conversation.item.input_audio_transcription.failed"
    talk.caller_begins("item_c2").caller_stops("item_c2", "item_c1").hear(kind, item_id="item_c2")
    assert talk.lines().count("noise.noted") == 1
    codes = [one.code for one in talk.of(results.TurnChanged) if one.state == "unavailable"]
    assert codes == ["no_words", "transcription_failed"]
    assert talk.state.voice == "noisy"
    talk.caller_says("item_c3", "Better now?", "item_c2")
    assert talk.state.voice == "listening"


def test_keys_are_counted_and_never_kept():
    talk = begun()
    for key in "4471":
        talk.hear("input_audio_buffer.dtmf_event_received", event=key, received_at=1795258801)
    talk.at_ms += 2000
    talk.note("tick")
    pressed = [one.body for one in talk.of(results.Line) if one.kind == "keypad.pressed"]
    assert pressed == [{"position": 1024, "count": 4}]


def test_one_response_follows_all_tools_of_a_response():
    talk = begun().response("resp_2").calls_tool("resp_2", "c1").calls_tool("resp_2", "c2")
    assert [one.call_id for one in talk.of(results.RunTool)] == ["c1", "c2"]
    talk.answered("c1").answered("c2")
    assert len(talk.sent("conversation.item.create")) == 2
    assert len(talk.sent("response.create")) == 1
    talk.response_done("resp_2")
    assert len(talk.sent("response.create")) == 2
    talk.answered("c2").calls_tool("resp_2", "c1")
    assert len(talk.sent("conversation.item.create")) == 2
    assert len(talk.of(results.RunTool)) == 2


def test_a_slow_tool_is_waited_for():
    talk = begun().response("resp_2").calls_tool("resp_2", "c1").calls_tool("resp_2", "c2")
    talk.answered("c1").response_done("resp_2")
    assert len(talk.sent("response.create")) == 1
    talk.answered("c2")
    assert len(talk.sent("response.create")) == 2


def test_a_race_for_the_response_is_waited_out():
    talk = begun().response("resp_2").calls_tool("resp_2", "c1").response_done("resp_2")
    talk.answered("c1")
    asked = talk.state.slot.event_id
    code = "conversation_already_has_active_response"
    talk.hear("error", error={"code": code, "event_id": asked})
    assert len(talk.sent("response.create")) == 2
    talk.response_done("resp_vad")
    assert len(talk.sent("response.create")) == 3


def test_an_answer_that_the_provider_gave_itself_is_not_asked_for_again():
    talk = begun().response("resp_2").calls_tool("resp_2", "c1").response_done("resp_2")
    talk.response("resp_vad")
    output = {"id": "o1", "type": "function_call_output", "call_id": "c1", "output": "{}"}
    talk.answered("c1")
    talk.hear("conversation.item.added", previous_item_id=None, item=output)
    talk.response_done("resp_vad").response("resp_4")
    assert talk.state.wanted == ()


def test_a_failed_response_is_asked_for_once_more_then_a_person_is_told():
    talk = begun().response("resp_2").response_done("resp_2", "failed")
    assert len(talk.sent("response.create")) == 2
    talk.response("resp_3").response_done("resp_3", "failed")
    assert len(talk.sent("response.create")) == 2
    assert [one.code for one in talk.of(results.Attention)] == ["model_failed"]


def test_the_line_stays_open_until_the_goodbye_was_heard():
    talk = begun().response("resp_2").agent_begins("resp_2", "item_a2", "item_a1")
    talk.agent_delta("resp_2", "item_a2", "Goodbye, Dana.")
    talk.agent_ends("resp_2", "item_a2", "Goodbye, Dana.").calls_tool("resp_2", "c1", "end_dialog")
    talk.response_done("resp_2").answered("c1", "hangup")
    assert len(talk.sent("response.create")) == 1
    talk.audio("started", "resp_2")
    assert not talk.of(results.HangUp)
    talk.audio("stopped", "resp_2")
    assert [one.reason for one in talk.of(results.HangUp)] == ["agent_ended"]


def test_without_a_goodbye_one_is_asked_for():
    talk = begun().response("resp_2").calls_tool("resp_2", "c1", "end_dialog")
    talk.response_done("resp_2").answered("c1", "hangup")
    assert len(talk.sent("response.create")) == 2
    talk.agent_says("resp_3", "item_a3", "Goodbye.", "item_a1")
    assert len(talk.of(results.HangUp)) == 1


def test_a_goodbye_that_never_ends_is_cut_off():
    talk = begun().response("resp_2").calls_tool("resp_2", "c1", "end_dialog")
    talk.response_done("resp_2").answered("c1", "hangup")
    assert [one.kind for one in talk.of(results.Alarm)] == ["farewell_over"]
    talk.note("farewell_over").note("farewell_over")
    assert len(talk.of(results.HangUp)) == 1


def test_the_last_words_of_the_caller_are_waited_for():
    talk = begun().caller_begins("item_c1").caller_stops("item_c1", "item_a1")
    talk.response("resp_2").calls_tool("resp_2", "c1", "end_dialog")
    talk.response_done("resp_2").answered("c1", "hangup")
    talk.agent_says("resp_3", "item_a3", "Goodbye.", "item_c1")
    assert not talk.of(results.HangUp)
    talk.caller_text("item_c1", "Thanks, bye.")
    assert len(talk.of(results.HangUp)) == 1


def test_when_the_line_goes_dead_open_turns_say_what_is_missing():
    talk = begun()
    talk.response("resp_2").agent_begins("resp_2", "item_a2", "item_a1")
    talk.agent_delta("resp_2", "item_a2", "Which address is the boiler at?")
    talk.audio("started", "resp_2").agent_ends("resp_2", "item_a2", "Which address is it at?")
    talk.caller_begins("item_c1")
    kind = "conversation.item.input_audio_transcription.delta"
    talk.hear(kind, item_id="item_c1", delta=" Well, I")
    talk.note("closed", reason="caller_hung_up")
    agent, caller = talk.of(results.TurnChanged)[-2:]
    assert (agent.state, agent.heard_chars) == ("cut", 0)
    assert (caller.state, caller.text, caller.code) == ("unavailable", "Well, I", "call_ended")
    assert [one.reason for one in talk.of(results.Ended)] == ["caller_hung_up"]
    assert not talk.sent("conversation.item.truncate")


def test_the_session_limit_of_the_provider_is_the_reason():
    talk = begun().hear("error", error={"code": "session_expired", "event_id": None})
    talk.note("closed", reason="caller_hung_up")
    assert [one.reason for one in talk.of(results.Ended)] == ["session_limit"]


def test_near_the_limit_the_agent_wraps_up_and_then_the_line_is_cut():
    talk = begun().note("wrap_up")
    last = talk.sent("response.create")[-1]["response"]
    assert last["metadata"] == {"purpose": "wrap_up"}
    assert "goodbye" in last["instructions"]
    talk.note("hang_up", reason="session_limit").note("closed", reason="caller_hung_up")
    assert [one.reason for one in talk.of(results.HangUp)] == ["session_limit"]
    assert [one.reason for one in talk.of(results.Ended)] == ["session_limit"]


def test_after_a_gap_open_turns_and_tools_are_asked_for():
    talk = begun().caller_begins("item_c1").response("resp_2").calls_tool("resp_2", "c1")
    talk.note("detached", call="CALL-1", code="1006")
    talk.note("attached", call="CALL-1", epoch=1, gap=3, code="sideband_lost")
    wanted = [one["item_id"] for one in talk.sent("conversation.item.retrieve")]
    assert wanted == ["item_c1", "tool_c1"]
    assert [one.seconds for one in talk.of(results.Gapped)] == [3]
    call = {
        "id": "tool_c1",
        "type": "function_call",
        "status": "completed",
        "call_id": "c1",
        "name": "record_field",
        "arguments": "{}",
    }
    talk.hear("conversation.item.retrieved", item=call)
    assert [one.call_id for one in talk.of(results.RunTool)] == ["c1", "c1"]
    content = [{"type": "input_audio", "transcript": "My boiler is broken."}]
    user = {"id": "item_c1", "type": "message", "role": "user", "content": content}
    talk.hear("conversation.item.retrieved", item=user)
    assert talk.state.speeches["item_c1"].state == "final"


def test_the_item_before_the_first_after_a_gap_is_asked_for():
    talk = begun()
    talk.note("attached", call="CALL-1", epoch=2, gap=9, code="taken_over", taken_over=True)
    talk.agent_says("resp_5", "item_a5", "And where is it?", "item_lost")
    talk.agent_says("resp_6", "item_a6", "Hello?", "item_a5")
    wanted = [one["item_id"] for one in talk.sent("conversation.item.retrieve")]
    assert wanted == ["item_lost"]
    content = [{"type": "input_audio", "transcript": "My boiler is broken."}]
    user = {"id": "item_lost", "type": "message", "role": "user", "content": content}
    talk.hear("conversation.item.retrieved", item=user)
    assert positions(talk) == ["item_a1", "item_lost", "item_a5", "item_a6"]
    assert talk.state.speeches["item_lost"].text == "My boiler is broken."


def test_an_agent_turn_whose_beginning_fell_into_a_gap_is_kept():
    talk = begun().agent_ends("resp_9", "item_a9", "I will note that.")
    assert [one.text for one in talk.of(results.TurnChanged)][-1] == "I will note that."
    assert positions(talk) == ["item_a1", "item_a9"]


def test_out_of_band_responses_take_no_slot_and_make_no_turn():
    talk = begun()
    talk.hear("response.created", response={"id": "resp_x", "conversation_id": None})
    talk.agent_delta("resp_x", "item_x", "Side note")
    message = {"id": "item_x", "type": "message", "role": "assistant", "content": []}
    talk.hear("response.output_item.done", response_id="resp_x", item=message)
    talk.hear("response.done", response={"id": "resp_x", "conversation_id": None})
    assert positions(talk) == ["item_a1"]
    assert talk.state.slot.state == "free"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "call.quality_measured", "mos": 4.2},
        {"type": "conversation.item.added", "item": None},
        {"type": "conversation.item.added", "item": {"id": 7, "type": "message", "role": "user"}},
        {"type": "response.done", "response": "x"},
        {"type": "input_audio_buffer.speech_started"},
        {"type": "conversation.item.truncated", "item_id": "item_a1", "audio_end_ms": "soon"},
        {"type": "response.function_call_arguments.done", "call_id": None},
        {"type": "error", "error": 4},
        {"type": "conversation.item.input_audio_transcription.delta", "delta": None},
    ],
)
def test_frames_that_are_not_as_they_should_be_harm_nothing(body):
    talk = begun()
    talk.feed(Input(body["type"], body, talk.at_ms))
    talk.caller_says("item_c1", "Still here.", "item_a1")
    assert talk.state.speeches["item_c1"].text == "Still here."


def test_the_same_events_lead_to_the_same_state_and_the_old_one_stays():
    talk = begun()
    before = talk.state
    event = Input("input_audio_buffer.speech_started", {"item_id": "item_c1"}, 5)
    once, _ = reduce(before, [event])
    again, _ = reduce(before, [event])
    assert once == again
    assert "item_c1" not in before.speeches


@pytest.mark.parametrize(
    ("text", "ms", "expected"),
    [
        ("Thank you for calling", 0, ""),
        ("Thank you for calling", 80 * 7, "Thank"),
        ("Thank you for calling", 80 * 9, "Thank you"),
        ("Thank you for calling", 80 * 500, "Thank you for calling"),
        ("Ωmega 👋 hallo", 80 * 8, "Ωmega 👋"),
        ("", 900, ""),
        ("Unbroken", 80 * 3, ""),
    ],
)
def test_heard_text_ends_at_a_word_on_the_safe_side(text, ms, expected):
    assert text[: heard.estimate(text, ms)] == expected


def test_frames_are_kept_without_their_words():
    frame = {
        "type": "conversation.item.done",
        "event_id": "event_1",
        "item": {"id": "item_1", "content": [{"type": "output_audio", "transcript": "Secret"}]},
        "event": "4",
    }
    assert "Secret" not in str(redact(frame))
    assert redact(frame)["event"] == {"redacted": 1}
    assert redact(frame)["item"]["id"] == "item_1"


@pytest.mark.parametrize("raw", [b"", b"[1]", b"{", b"\xff\xfe", b'{"type": 4}', b"[" * 100_000])
def test_what_is_no_event_is_kept_as_unreadable(raw):
    event, row = decode(raw, epoch=2, arrival=9, at_ms=0)
    assert event is None
    assert (row.type, row.key, row.size) == ("unreadable", "2:9", len(raw))


def test_half_a_character_and_zeros_can_be_stored():
    raw = b'{"type":"error","event_id":"e\\u0000\\ud800","error":{"code":"\\ud800"}}'
    _, row = decode(raw, epoch=1, arrival=1, at_ms=0)
    assert row.key == "e?"
    assert "\\u0000" not in (row.frame or "")
