"""Owners of calls die, hang and are told to stop: somebody goes on, the gap is written, nothing doubles."""

import signal
import time

from django.db import close_old_connections, connections

from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Exchange, Line
from voice.models import Call


def live(line: Line, call_id: str, count: int = 3) -> Call:
    return support.until(
        line,
        call_id,
        lambda call: call.state == "live" and len(support.turns(line, call)) >= count,
    )


def owner_and_other(exchange: Exchange, line: Line, speed: float) -> tuple[str, str, str, Call]:
    """Two switchboards and a call that one of them owns."""
    exchange.start("first")
    exchange.start("second")
    call_id = exchange.ring(line, "complete_intake", speed=speed)
    call = live(line, call_id)
    other = "second" if call.owner == "first" else "first"
    return call.owner, other, call_id, call


def let_go_on(exchange: Exchange, line: Line, call_id: str) -> Call:
    """Some more turns with the new owner, then the caller hangs up."""
    call = live(line, call_id, 0)
    told = len(support.turns(line, call))
    live(line, call_id, told + 3)
    exchange.ask(f"/_sim/calls/{call_id}/hangup", {})
    call = support.until(line, call_id, support.ended, within=10)
    assert call.end_reason == "caller_hung_up"
    return call


def assert_whole(exchange: Exchange, line: Line, call: Call, call_id: str) -> None:
    """Each turn once, in order, with the words that were said; what is missing says so."""
    said = {one["item_id"]: one["text"] for one in exchange.judge(call_id)["said"]}
    turns = support.turns(line, call)
    ids = [turn.item_id for turn in turns]
    assert len(ids) == len(set(ids))
    assert ids == [item_id for item_id in said if item_id in set(ids)]
    for turn in turns:
        if turn.state in ("final", "cut"):
            assert turn.text == said[turn.item_id]
    opened = [one["turn"] for one in support.lines(line, call, "turn.opened")]
    assert len(opened) == len(set(opened)) == len(turns)
    support.check_chain(line, call)


def test_after_kill_9_another_takes_over_with_an_explicit_gap(exchange, line):
    owner, other, call_id, call = owner_and_other(exchange, line, speed=8)
    exchange.processes[owner].signal(signal.SIGKILL)
    support.let_lease_run_out(line, call)
    support.until(line, call_id, lambda one: one.owner == other, within=10)
    call = let_go_on(exchange, line, call_id)
    assert call.gapped
    assert call.epoch == 2
    assert len(support.lines(line, call, "sideband.taken_over")) == 1
    gaps = support.lines(line, call, "gap.noted")
    assert [one["code"] for one in gaps] == ["taken_over"]
    assert gaps[0]["seconds"] >= 1
    assert_whole(exchange, line, call, call_id)
    answers = [one["answers"] for one in exchange.judge(call_id)["tool_calls"]]
    assert max(answers) == 1


def test_an_owner_that_hung_writes_nothing_after_it_wakes(exchange, line):
    hung, other, call_id, call = owner_and_other(exchange, line, speed=4)
    exchange.processes[hung].signal(signal.SIGSTOP)
    support.let_lease_run_out(line, call)
    # Had it stopped inside a transaction, the database ends that one after 15 s.
    support.until(line, call_id, lambda one: one.owner == other, within=25)
    exchange.processes[hung].signal(signal.SIGCONT)
    call = let_go_on(exchange, line, call_id)
    assert call.epoch == 2
    assert_whole(exchange, line, call, call_id)
    # The process itself lives on, and takes the next call.
    exchange.processes[other].signal(signal.SIGKILL)
    again = exchange.ring(line, "caller_hangs_up", speed=40)
    assert support.until(line, again, support.ended).owner == hung


def test_a_stopping_owner_hands_its_calls_over_at_once(exchange, line):
    owner, other, call_id, _ = owner_and_other(exchange, line, speed=8)
    exchange.processes[owner].signal(signal.SIGTERM)
    support.until(line, call_id, lambda one: one.owner == other, within=5)
    call = let_go_on(exchange, line, call_id)
    assert_whole(exchange, line, call, call_id)


def test_a_call_that_ended_while_nobody_watched_is_ended_with_a_gap(exchange, line):
    exchange.start("first")
    call_id = exchange.ring(line, "complete_intake", speed=6)
    call = live(line, call_id)
    exchange.processes["first"].signal(signal.SIGKILL)
    exchange.ask(f"/_sim/calls/{call_id}/hangup", {})
    support.let_lease_run_out(line, call)
    exchange.start("second")
    call = support.until(line, call_id, support.ended, within=10)
    assert (call.state, call.end_reason) == ("ended", "ended_unobserved")
    assert call.gapped
    assert call.after_call_at is not None
    assert_whole(exchange, line, call, call_id)


def test_a_call_rings_through_with_redis_and_workers_down(exchange, line):
    exchange.start("first", REDIS_URL="redis://127.0.0.1:9/0")
    call_id = exchange.ring(line, "booking_question", speed=30)
    call = support.until(line, call_id, support.ended)
    assert_whole(exchange, line, call, call_id)
    assert "gap.noted" not in support.kinds(line, call)


def test_a_database_that_restarts_costs_no_turn(exchange, line):
    exchange.start("first")
    call_id = exchange.ring(line, "complete_intake", speed=9)
    live(line, call_id)
    close_old_connections()
    connections.close_all()
    # An orderly stop: a test cluster does not write its log at each commit.
    database = exchange.servers.processes["postgres"]
    database.signal(signal.SIGINT)
    assert database.wait(within=10)
    database.kill()
    time.sleep(2)
    exchange.servers.start("postgres")
    call = support.until(line, call_id, support.ended)
    assert support.kinds(line, call).count("gap.noted") == 0
    assert_whole(exchange, line, call, call_id)
    told = [turn.text for turn in support.turns(line, call)]
    assert told == [one["text"] for one in exchange.judge(call_id)["said"]]
