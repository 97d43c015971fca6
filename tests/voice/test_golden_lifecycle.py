"""The lifecycle of a caller's turn and its answer, in each of its 720 orders: one and the same record."""

from itertools import permutations
from typing import Any

from runs import canonical
from voice.switchboard import results
from voice.switchboard.inputs import Input, own
from voice.switchboard.reducer import reduce
from voice.switchboard.state import State

QUESTION, ANSWER = "item_question", "item_answer"
_USER = {"id": QUESTION, "type": "message", "role": "user", "status": "completed"}
_AGENT = {"id": ANSWER, "type": "message", "role": "assistant", "status": "completed"}
_SPOKEN = [{"type": "output_audio", "transcript": "Friday suits us."}]
LIFECYCLE = (
    ("input_audio_buffer.speech_started", {"item_id": QUESTION, "audio_start_ms": 10}),
    ("input_audio_buffer.committed", {"item_id": QUESTION, "previous_item_id": None}),
    (
        "conversation.item.added",
        {"previous_item_id": None, "item": {**_USER, "content": [{"type": "input_audio"}]}},
    ),
    (
        "conversation.item.input_audio_transcription.completed",
        {"item_id": QUESTION, "content_index": 0, "transcript": "Can you come on Friday?"},
    ),
    (
        "conversation.item.added",
        {"previous_item_id": QUESTION, "item": {**_AGENT, "content": []}},
    ),
    (
        "conversation.item.done",
        {"previous_item_id": QUESTION, "item": {**_AGENT, "content": _SPOKEN}},
    ),
)


def record_of(order: tuple[tuple[str, dict[str, Any]], ...]) -> list[Any]:
    """What stands in the record at the end, by the place in the conversation."""
    events = [Input(kind, body, number) for number, (kind, body) in enumerate(order)]
    _, outcome = reduce(State(), [*events, own("closed", 99, reason="caller_hung_up")])
    turns: dict[Any, dict[str, Any]] = {}
    for one in outcome.records:
        if isinstance(one, results.TurnOpened):
            turns[one.turn_id] = {"speaker": one.speaker, "item": one.item_id, "at": one.position}
        elif isinstance(one, results.TurnMoved):
            turns[one.turn_id]["at"] = one.position
        elif isinstance(one, results.TurnChanged):
            turns[one.turn_id] |= {"state": one.state, "text": one.text, "version": one.version}
    placed = sorted(turns.values(), key=lambda turn: turn.pop("at"))
    ends = [one.reason for one in outcome.records if isinstance(one, results.Ended)]
    return [placed, ends]


def test_all_720_orders_of_a_lifecycle_give_one_record() -> None:
    wanted = record_of(LIFECYCLE)
    assert [turn["text"] for turn in wanted[0]] == ["Can you come on Friday?", "Friday suits us."]
    digests = {canonical.digest(record_of(order)) for order in permutations(LIFECYCLE)}
    assert digests == {canonical.digest(wanted)}


def test_doubled_events_change_nothing() -> None:
    for order in list(permutations(LIFECYCLE))[::36]:
        assert record_of((*order, *order)) == record_of(LIFECYCLE)
