"""Owners that die at a named place: what they sent and did not live to note is not done a second time."""

from runs import scope
from tests.voice import switchboard_support as support
from voice.models import Call


def test_an_output_that_was_sent_and_not_noted_is_not_counted_twice(exchange, line):
    """The greeting is the first event, the answer of the first tool the second."""
    first = exchange.start("first", READBACK_CHAOS="1", CRASH_AT="event.sent:2")
    call_id = exchange.ring(line, "booking_question", speed=12)
    assert first.wait(within=30)
    assert [one["answers"] for one in exchange.judge(call_id)["tool_calls"]] == [1]
    with scope.workspace(line.workspace.id):
        Call.objects.filter(provider_call_id=call_id).update(lease_until=scope.now())
    exchange.start("second")
    call = support.until(line, call_id, support.ended)
    assert (call.epoch, call.end_reason) == (2, "agent_ended")
    assert max(one["answers"] for one in exchange.judge(call_id)["tool_calls"]) == 1
