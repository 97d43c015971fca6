"""Keys of a caller: what is collected, when it is over, what the model is told and what is kept."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.redaction import Typed, text
from tests.voice.talk import Talk, begun
from voice import dtmf
from voice.dtmf import Collection
from voice.switchboard import results

KEY = "input_audio_buffer.dtmf_event_received"


def collecting(length: int = 0, sensitivity: str = "masked", field: str = "reference") -> Talk:
    return asked(begun(), length, sensitivity, field)


def asked(
    talk: Talk, length: int = 0, sensitivity: str = "masked", field: str = "reference"
) -> Talk:
    talk.response("resp_k").calls_tool("resp_k", "call_k", "receive_dtmf").response_done("resp_k")
    output = {"field": field, "length": length, "sensitivity": sensitivity}
    talk.note("tool_answered", call_id="call_k", output=output, effects=["collect"])
    # The model asks for the number, and is heard to its end.
    return talk.agent_says("resp_q", "item_q", "Please type it.", "item_a1")


def press(talk: Talk, keys: str) -> Talk:
    for key in keys:
        talk.hear(KEY, event=key, received_at=1)
    return talk


def collected(talk: Talk) -> list[tuple[str, int, str]]:
    return [(one.ended, one.count, one.kept) for one in talk.of(results.Collected)]


def told(talk: Talk) -> list[str]:
    items = [one["item"] for one in talk.sent("conversation.item.create")]
    return [one["content"][0]["text"] for one in items if one["type"] == "message"]


@pytest.mark.parametrize(
    ("keys", "length", "ended", "digits"),
    [
        ("4071#", 0, "complete", "4071"),
        ("40*71#", 0, "complete", "71"),
        ("4071", 4, "complete", "4071"),
        ("40#", 4, "partial", "40"),
        ("#", 0, "empty", ""),
        ("4A0#", 0, "complete", "40"),
        ("40", 0, "", "40"),
    ],
)
def test_keys_make_a_number(keys, length, ended, digits):
    found = dtmf.press_all(Collection("c", "reference", "masked", length), keys)
    assert (found[1], found[0].digits) == (ended, digits)


@given(st.text("0123456789*#AD", max_size=40), st.integers(0, 6))
def test_a_number_is_what_follows_the_last_star(keys, length):
    collection, ended, left = dtmf.press_all(Collection("c", "f", "plain", length), keys)
    used = keys[: len(keys) - len(left)]
    typed = used.removesuffix("#").rpartition("*")[2]
    assert collection.digits == "".join(one for one in typed if one.isdigit())
    assert not length or len(collection.digits) <= length
    assert ended != "complete" or not length or len(collection.digits) == length


def test_masked_digits_go_to_the_model_and_only_their_end_to_the_record():
    talk = press(collecting(), "40*40718#")
    assert collected(talk) == [("complete", 5, "5 keys ••18")]
    assert told(talk) == ['Typed on the keypad for "reference": 40718.']
    assert talk.sent("response.create")[-1]["response"]["metadata"] == {"purpose": "keys"}
    assert "40718" not in repr(talk.records) + repr(talk.state)


def test_a_secret_is_told_to_nobody():
    talk = collecting(sensitivity="secret", field="pin")
    talk.state = replace(talk.state, variables={"pin": "4821"})
    press(talk, "4821#")
    assert told(talk) == ['Typed on the keypad for "pin": match.']
    assert [(one.kept, one.matches) for one in talk.of(results.Collected)] == [("", True)]
    assert "4821" not in repr(talk.of(results.Collected)) + repr(talk.effects)


def test_keys_that_were_typed_ahead_count():
    talk = asked(press(begun(), "99*4071#"))
    assert collected(talk) == [("complete", 4, "4 keys")]


def test_a_caller_who_stops_typing_is_not_waited_for():
    talk = press(collecting(), "40")
    talk.at_ms += 4_000
    assert collected(talk.note("keys_over")) == []
    talk.at_ms += 1_000
    assert collected(talk.note("keys_over")) == [("partial", 2, "2 keys")]
    assert "may not be all" in told(talk)[0]


def test_nobody_is_late_while_the_agent_still_asks():
    talk = collecting().response("resp_z")
    talk.at_ms += 20_000
    assert collected(talk.note("keys_over")) == []
    talk.response_done("resp_z").note("keys_over")
    assert collected(talk) == [("empty", 0, "")]


def test_what_the_agent_reads_back_and_records_is_masked_too():
    talk = press(collecting(), "40718#")
    talk.agent_says("resp_b", "item_b", "Four, zero, seven, one, eight. Right?", "item_q")
    assert talk.of(results.TurnChanged)[-1].text == "⟦keys ••18⟧. Right?"
    talk.hear(
        "response.function_call_arguments.done",
        response_id="resp_c",
        item_id="t",
        call_id="call_r",
        name="record_field",
        arguments='{"field": "reference", "value": 40718}',
    )
    assert "⟦keys ••18⟧" in talk.of(results.RunTool)[-1].arguments


def test_after_another_process_the_record_says_which_numbers_are_masked():
    known = [Typed(5, "18")]
    assert text("It is 4 0 7 1 8, yes", known=known) == "It is ⟦keys ••18⟧, yes"
    assert text("Call 40719 or 0718", known=known) == "Call 40719 or 0718"


def test_a_result_that_the_provider_never_took_is_told_again():
    talk = press(collecting(), "40718#").note("detached", call="CALL-1", code="1006")
    talk.note("attached", call="CALL-1", epoch=1, gap=1, code="sideband_lost")
    assert len(told(talk)) == 2 + 1  # and the question what was missed
    item = next(iter(talk.state.untaken.values()))["item"]
    talk.hear("conversation.item.added", previous_item_id="item_q", item=item)
    assert talk.state.untaken == {}


def test_a_call_that_ends_while_keys_are_pressed_says_so():
    talk = press(collecting(), "407").note("closed", reason="caller_hung_up")
    assert collected(talk) == [("partial", 3, "3 keys")]
