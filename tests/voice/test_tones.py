"""Speech while keys are pressed: kept as a turn, no noise, and answered only when the keys are over."""

from tests.voice.test_dtmf import asked, collected, collecting, press
from voice.switchboard import results


def cancelled(talk):
    return [one["response_id"] for one in talk.sent("response.cancel")]


def tones(talk, item, keys, before):
    """Keys whose sound the provider takes for speech, without words in it."""
    return press(talk.caller_begins(item), keys).caller_stops(item, before)


def test_an_answer_to_the_tones_is_taken_back_and_the_keys_go_on():
    talk = tones(collecting(), "item_k1", "40", "item_q").response("resp_t")
    assert cancelled(talk) == ["resp_t"]
    talk.response_done("resp_t", "cancelled")
    press(talk, "71#")
    assert collected(talk) == [("complete", 4, "4 keys")]
    assert cancelled(talk) == ["resp_t"]


def test_words_said_while_typing_stay_and_are_answered_when_the_keys_are_over():
    talk = press(collecting(), "40").caller_says("item_w", "Hang on, I have it here.", "item_q")
    talk.response("resp_w").response_done("resp_w", "cancelled")
    assert cancelled(talk) == ["resp_w"]
    assert talk.state.speeches["item_w"].text == "Hang on, I have it here."
    asked_before = len(talk.sent("response.create"))
    press(talk, "71#")
    assert len(talk.sent("response.create")) == asked_before + 1


def test_who_says_that_there_is_no_number_before_the_first_key_is_answered():
    talk = collecting().caller_says("item_w", "I do not have one.", "item_q").response("resp_w")
    assert cancelled(talk) == []


def test_an_answer_after_the_last_key_and_a_silence_of_its_own_is_not_taken_back():
    talk = tones(collecting(), "item_k1", "4071#", "item_q").response("resp_t")
    assert cancelled(talk) == []
    again = tones(collecting(), "item_k1", "40", "item_q").response("resp_t")
    again.response_done("resp_t", "cancelled")
    silent = {"audio_start_ms": 0, "audio_end_ms": 10_000, "item_id": "item_s"}
    again.hear("input_audio_buffer.timeout_triggered", 100, **silent)
    again.hear("input_audio_buffer.committed", item_id="item_s", previous_item_id="item_k1")
    assert cancelled(again.response("resp_s")) == ["resp_t"]


def test_tones_are_no_noise_on_the_line():
    talk = collecting()
    for number, before in enumerate(("item_q", "item_k0", "item_k1")):
        tones(talk, f"item_k{number}", "4", before).caller_text(f"item_k{number}", "")
    codes = [one.code for one in talk.of(results.TurnChanged) if one.state == "unavailable"]
    assert codes == ["keys", "keys", "keys"]
    assert "noise.noted" not in talk.lines()


def test_noise_before_any_key_is_noise():
    talk = asked(collecting())
    for number in range(2):
        item = f"item_n{number}"
        talk.caller_begins(item).caller_stops(item, "item_q").caller_text(item, "")
    assert "noise.noted" in talk.lines()
