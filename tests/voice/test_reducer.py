"""Frames of every kind: what is kept of them, and what harms nothing."""

import pytest

from tests.voice.talk import begun, positions
from voice.switchboard import heard
from voice.switchboard.inputs import Input, decode, redact
from voice.switchboard.reducer import reduce


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
