"""The pure heart of the switchboard: turns, what was heard of them, and their order."""

import pytest

from tests.voice.talk import GREETING, begun, positions
from voice.switchboard import results


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
