"""A line that goes on while nobody can see it: said at once, and after a minute somebody is asked for."""

from collections.abc import Iterator

import pytest

from tests import stack_plugin
from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Exchange, Line


@pytest.fixture
def exchange(committed_db: None) -> Iterator[Exchange]:
    exchange = Exchange(stack_plugin.current())
    try:
        exchange.start("simulator")
        exchange.start("first", hasty=True)
        yield exchange
    finally:
        exchange.stop()


def ring(exchange: Exchange, line: Line) -> str:
    call_id = exchange.ring(line, "complete_intake", speed=2)
    talks = lambda call: len(support.turns(line, call)) >= 2  # noqa: E731
    support.until(line, call_id, talks)
    return call_id


def test_a_call_that_nobody_can_observe_asks_for_somebody_and_says_what_is_missing(exchange, line):
    call_id = ring(exchange, line)
    exchange.ask(f"/_sim/calls/{call_id}/drop_socket", {"refuse": 3})
    call = support.until(line, call_id, lambda one: one.voice_state == "unobserved")
    assert call.state == "live"
    call = support.until(line, call_id, lambda one: one.attention == "unobserved")
    call = support.until(line, call_id, lambda one: one.gapped)
    call = support.until(line, call_id, lambda one: one.voice_state != "unobserved")
    told = [one["code"] for one in support.lines(line, call, "call.flagged")]
    assert told == ["unobserved"]
    known = support.turns(line, call)
    support.until(line, call_id, lambda one: len(support.turns(line, one)) > len(known))
    support.check_chain(line, call)


def test_a_call_that_ends_while_nobody_can_observe_it_ends_so(exchange, line):
    call_id = ring(exchange, line)
    exchange.ask(f"/_sim/calls/{call_id}/drop_socket", {"refuse": 2})
    support.until(line, call_id, lambda one: one.voice_state == "unobserved")
    exchange.ask(f"/_sim/calls/{call_id}/hangup", {})
    call = support.until(line, call_id, support.ended)
    assert (call.state, call.end_reason, call.gapped) == ("ended", "ended_unobserved", True)
