"""A person's words for the agent: sent as an item, in effect when the provider says so."""

from voice.switchboard import inputs, results
from voice.switchboard.reducer import reduce
from voice.switchboard.state import State

COMMAND = "0192f0c1-2222-7000-8000-00000000abcd"


def after(*events, state=None):
    return reduce(state or State(), list(events))


def whispered():
    return after(inputs.own("whisper", 0, command=COMMAND, text="Offer the billing team"))


def item_id():
    _state, outcome = whispered()
    return outcome.effects[0].event["item"]["id"]


def test_a_whisper_is_an_item_of_the_conversation_and_asks_for_no_answer():
    _state, outcome = whispered()
    (effect,) = outcome.effects
    assert isinstance(effect, results.Whisper)
    assert effect.command == COMMAND
    item = effect.event["item"]
    assert (effect.event["type"], item["role"]) == ("conversation.item.create", "system")
    assert item["content"][0]["text"].endswith("Offer the billing team")
    assert len(item["id"]) <= 32


def test_it_is_in_effect_when_the_provider_has_the_item():
    state, _outcome = whispered()
    added = inputs.Input("conversation.item.added", {"item": {"id": item_id(), "type": "message"}})
    state, outcome = after(added, state=state)
    assert outcome.effects == [results.Settled(COMMAND, "in_conversation", True)]
    assert not after(added, state=state)[1].effects


def test_it_failed_when_the_provider_refuses_it():
    state, _outcome = whispered()
    error = inputs.Input("error", {"error": {"event_id": item_id(), "code": "invalid_value"}})
    assert after(error, state=state)[1].effects == [
        results.Settled(COMMAND, "provider_refused", False)
    ]


def test_told_twice_the_provider_has_it_already():
    state, _outcome = whispered()
    body = {"event_id": item_id(), "code": "item_create_duplicate_item_id"}
    twice = inputs.Input("error", {"error": body})
    assert after(twice, state=state)[1].effects[0].done


def test_a_whisper_is_no_turn_of_the_transcript():
    state, outcome = whispered()
    item = {"id": item_id(), "type": "message", "role": "system"}
    state, after_it = after(inputs.Input("conversation.item.added", {"item": item}), state=state)
    assert not outcome.records
    assert not after_it.records
    assert not state.speeches
