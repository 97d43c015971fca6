"""What waits in a call has a limit; what comes on top is lost loudly, and the call goes on."""

import asyncio

from tests.voice.talk import begun
from voice.switchboard import results
from voice.switchboard.inbox import MOST_FRAMES, Inbox
from voice.switchboard.inputs import FrameRow, Input


def filled(frames):
    inbox = Inbox()
    for number in range(frames):
        row = FrameRow(number, f"event_{number}", "x", 1, "{}", number)
        inbox.put_frame(Input("x", {}, number), row)
    return inbox


def taken(inbox):
    return asyncio.run(inbox.take(0))


def test_everything_up_to_the_limit_is_kept_and_no_gap_is_told():
    arrivals = taken(filled(MOST_FRAMES))
    assert [one.row.arrival for one in arrivals] == list(range(MOST_FRAMES))


def test_what_is_dropped_is_told_as_a_gap_after_what_was_kept():
    inbox = filled(MOST_FRAMES + 3)
    *kept, last = taken(inbox)
    assert len(kept) == MOST_FRAMES
    assert (last.event.type, last.event.body["code"]) == ("own.gap", "not_recorded")
    assert last.event.body["seconds"] >= 1


def test_a_gap_is_told_once_and_then_there_is_room_again():
    inbox = filled(MOST_FRAMES + 1)
    taken(inbox)
    inbox.put_frame(Input("x", {}, 1), FrameRow(1, "later", "x", 1, "{}", 1))
    assert [one.row.key for one in taken(inbox)] == ["later"]


def test_our_own_notices_are_never_dropped():
    inbox = filled(MOST_FRAMES + 1)
    inbox.notice("hang_up", reason="operator_ended")
    assert "own.hang_up" in [one.event.type for one in taken(inbox)]


def test_after_a_gap_of_our_own_an_open_turn_is_asked_for():
    talk = begun().caller_begins("item_c1")
    talk.note("gap", code="not_recorded", seconds=3)
    assert [one.code for one in talk.of(results.Gapped)] == ["not_recorded"]
    asked = [event["item_id"] for event in talk.sent("conversation.item.retrieve")]
    assert asked == ["item_c1"]


def test_the_agent_is_not_mute_where_the_end_of_its_response_was_dropped():
    talk = begun().response("resp_2").calls_tool("resp_2", "call_1").answered("call_1")
    greeted = len(talk.sent("response.create"))
    talk.note("gap", code="not_recorded", seconds=1).note("wrap_up")
    assert len(talk.sent("response.create")) == greeted + 1


def test_a_gap_that_another_owner_left_asks_for_nothing_twice():
    """The line is attached anew there: that asks for what is open."""
    talk = begun().caller_begins("item_c1")
    talk.note("gap", code="taken_over", seconds=3)
    assert not talk.sent("conversation.item.retrieve")


def test_a_turn_whose_words_were_dropped_is_not_called_unheard():
    talk = begun().response("resp_2").agent_begins("resp_2", "item_a2", "item_a1")
    talk.note("gap", code="not_recorded", seconds=1).note("closed", reason="caller_hung_up")
    last = talk.of(results.TurnChanged)[-1]
    assert (last.state, last.code) == ("unavailable", "not_recorded")
