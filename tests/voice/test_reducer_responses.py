"""The pure heart of the switchboard: who speaks next, tools, goodbyes and the end of a call."""

from tests.voice.talk import begun
from voice.switchboard import results


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


def test_an_output_that_the_provider_has_already_is_not_sent_a_third_time():
    """An owner before us sent it and did not live to note it."""
    talk = begun().response("resp_2").calls_tool("resp_2", "c1").answered("c1")
    (sent,) = talk.sent("conversation.item.create")
    code = "item_create_duplicate_item_id"
    talk.hear("error", error={"code": code, "event_id": sent["event_id"]})
    talk.note("attached", call="CALL-1", epoch=3, taken_over=True, gap=4, code="taken_over")
    asked = [one["item_id"] for one in talk.sent("conversation.item.retrieve")]
    assert "tool_c1" not in asked
    assert len(sent["item"]["id"]) <= 32
