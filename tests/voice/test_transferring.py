"""Handing a call over, event by event: when it is sent, what is believed of it, and what the end of the line says."""

import pytest

from voice.switchboard import inputs, results
from voice.switchboard.inputs import Input
from voice.switchboard.reducer import reduce
from voice.switchboard.results import Attention, Commanded, Ended, Refer
from voice.switchboard.state import Slot, State, Transfer

COMMAND, TARGET = "0192f0c1-2222-7000-8000-00000000abcd", "tel:+441134960190"
ASKED = inputs.own("transfer", 0, command=COMMAND, target=TARGET)
QUIET = State()
TALKING = State(playing={"resp_1": 100})


def after(state, *events):
    return reduce(state, list(events))


def answered(state, answer=""):
    body = {"command": COMMAND, "state": state, "answer": answer}
    return inputs.own("transfer_answered", 0, **body)


def closed(reason="caller_hung_up"):
    return inputs.own("closed", 0, reason=reason)


def of(outcome, *kinds):
    return [one for one in (*outcome.records, *outcome.effects) if isinstance(one, kinds)]


def test_it_is_marked_before_it_is_sent_and_sent_once():
    state, outcome = after(QUIET, ASKED)
    assert of(outcome, Commanded) == [Commanded(COMMAND, "sent")]
    assert of(outcome, Refer) == [Refer(COMMAND, TARGET)]
    assert not of(after(state, ASKED)[1], Refer)
    state, _ = after(state, answered("refused", "bad_target"))
    # A round that read the commands before the answer came tells it once more.
    assert not of(after(state, ASKED)[1], Refer)


def test_the_agent_ends_its_sentence_first():
    state, outcome = after(TALKING, ASKED)
    assert not of(outcome, Refer)
    stopped = Input("output_audio_buffer.stopped", {"response_id": "resp_1"})
    assert of(after(state, stopped)[1], Refer)


def test_an_agent_that_talks_on_does_not_keep_the_caller():
    state, outcome = after(State(slot=Slot("active", response_id="resp_1")), ASKED)
    assert [one.kind for one in of(outcome, results.Alarm)] == ["transfer_now"]
    assert of(after(state, inputs.own("transfer_now", 0))[1], Refer)


def test_a_call_that_is_being_ended_is_not_handed_over():
    assert not of(after(State(hanging_up=True), ASKED)[1], Refer)
    state, _ = after(TALKING, ASKED, inputs.own("hang_up", 0, reason="operator_ended"))
    assert not of(after(state, inputs.own("transfer_now", 0))[1], Refer)


def test_a_line_that_leaves_was_handed_over_as_far_as_anybody_knows():
    _, outcome = after(QUIET, ASKED, answered("accepted"), closed())
    assert [one.state for one in of(outcome, Commanded)] == ["sent", "accepted", "done"]
    assert of(outcome, Ended) == [Ended("transferred")]
    assert not of(outcome, Attention)


def test_a_line_that_stays_needs_a_person_and_is_not_sent_again():
    state, outcome = after(QUIET, ASKED, answered("accepted"), inputs.own("transfer_over", 0))
    assert of(outcome, Commanded)[-1] == Commanded(COMMAND, "unknown", "nothing_happened")
    assert of(outcome, Attention) == [Attention("transfer_silent", urgent=True)]
    assert len(of(outcome, Refer)) == 1
    assert of(after(state, closed())[1], Ended) == [Ended("caller_hung_up")]


def test_that_nothing_happened_is_not_said_while_nobody_can_see_the_line():
    lost = inputs.own("detached", 0, call="CALL-1", code="1006")
    over = inputs.own("transfer_over", 0)
    state, outcome = after(QUIET, ASKED, answered("accepted"), lost, over)
    assert not of(outcome, Attention)
    assert [one.kind for one in of(outcome, results.Alarm)][-1] == "transfer_over"
    assert of(after(state, closed("ended_unobserved"))[1], Ended) == [Ended("transferred")]


def test_a_refusal_is_final_and_the_call_goes_on():
    state, outcome = after(QUIET, ASKED, answered("refused", "call_id_not_found"))
    assert of(outcome, Commanded)[-1] == Commanded(COMMAND, "refused", "call_id_not_found")
    assert of(outcome, Attention) == [Attention("transfer_refused", urgent=True)]
    assert of(after(state, closed())[1], Ended) == [Ended("caller_hung_up")]


def test_no_answer_is_not_known_to_be_done_or_not():
    state, outcome = after(QUIET, ASKED, answered("unknown", "server_error"))
    assert of(outcome, Commanded)[-1] == Commanded(COMMAND, "unknown", "server_error")
    assert of(outcome, Attention) == [Attention("transfer_unknown", urgent=True)]
    assert of(after(state, closed())[1], Ended) == [Ended("left_after_transfer")]
    later, _ = after(state, inputs.own("transfer_over", 0))
    assert of(after(later, closed())[1], Ended) == [Ended("caller_hung_up")]


def test_a_line_that_leaves_before_the_answer_proves_nothing():
    _, outcome = after(QUIET, ASKED, closed())
    assert of(outcome, Commanded)[-1] == Commanded(COMMAND, "unknown", "left_unanswered")
    assert of(outcome, Ended) == [Ended("left_after_transfer")]


@pytest.mark.parametrize(
    ("phase", "records"),
    [
        ("sent", [Commanded(COMMAND, "unknown", "owner_lost")]),
        ("accepted", []),
    ],
)
def test_whoever_takes_the_call_over_watches_on_and_sends_nothing(phase, records):
    state = State(transfer=Transfer(COMMAND, phase=phase, watch_s=3.0))
    _, outcome = after(state, inputs.own("transfer_resumed", 0))
    assert of(outcome, Commanded) == records
    assert [one.kind for one in of(outcome, results.Alarm)] == ["transfer_over"]
    assert not of(outcome, Refer)


def test_ended_by_us_before_anything_was_seen():
    hung_up = inputs.own("hang_up", 0, reason="operator_ended")
    _, outcome = after(QUIET, ASKED, answered("accepted"), hung_up, closed("operator_ended"))
    assert of(outcome, Commanded)[-1] == Commanded(COMMAND, "unknown", "ended_first")
    assert of(outcome, Ended) == [Ended("operator_ended")]
