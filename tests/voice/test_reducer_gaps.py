"""After a gap: what is asked for again, and what is found."""

from tests.voice.talk import begun, positions
from voice.switchboard import results


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


def test_a_tool_that_was_called_while_nobody_listened_is_answered_at_once():
    """The caller says nothing and waits: no later item would ever name it."""
    talk = begun()
    talk.note("attached", call="CALL-1", epoch=1, gap=4, code="sideband_lost")
    (probe,) = talk.sent("conversation.item.create")
    talk.hear("conversation.item.added", previous_item_id="tool_lost", item=probe["item"])
    assert [one["item_id"] for one in talk.sent("conversation.item.retrieve")] == ["tool_lost"]
    call = {
        "id": "tool_lost", "type": "function_call", "status": "completed", "call_id": "c9",
        "name": "record_field", "arguments": "{}",
    }  # fmt: skip
    talk.hear("conversation.item.retrieved", item=call)
    assert [one.call_id for one in talk.of(results.RunTool)] == ["c9"]
    talk.answered("c9")
    assert talk.sent("response.create")[-1]["response"]["metadata"] == {"purpose": "tools"}


def test_the_question_what_came_before_leaves_no_trace():
    talk = begun()
    talk.note("attached", call="CALL-1", epoch=1, gap=4, code="sideband_lost")
    (probe,) = talk.sent("conversation.item.create")
    talk.hear("conversation.item.added", previous_item_id="item_a1", item=probe["item"])
    gone = talk.sent("conversation.item.delete")
    assert [one["item_id"] for one in gone] == [probe["item"]["id"]]
    assert talk.sent("conversation.item.retrieve") == []
    assert positions(talk) == ["item_a1"]


def test_words_that_were_asked_for_too_early_are_asked_for_again():
    talk = begun()
    talk.note("attached", call="CALL-1", epoch=1, gap=4, code="sideband_lost")
    (probe,) = talk.sent("conversation.item.create")
    talk.hear("conversation.item.added", previous_item_id="item_lost", item=probe["item"])
    silent = {"id": "item_lost", "type": "message", "role": "user"}
    content = [{"type": "input_audio", "transcript": None}]
    talk.hear("conversation.item.retrieved", item={**silent, "content": content})
    talk.agent_says("resp_5", "item_a5", "And where is it?", "item_lost")
    wanted = [one["item_id"] for one in talk.sent("conversation.item.retrieve")]
    assert wanted == ["item_lost", "item_lost"]
