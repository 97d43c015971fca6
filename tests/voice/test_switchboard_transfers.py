"""Calls handed over through the provider, in every way in which it answers, and while owners die."""

import signal

from runs import people as runs_people
from runs import scope
from tests import people
from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Exchange, Line
from voice import commands
from voice.models import Call, Command

TARGET = "tel:+441134960190"
TALK = {
    "steps": [
        {"do": "agent_says", "text": "Northwind Heating, what can we do for you?"},
        {"do": "caller_says", "text": "Put me through to somebody, please.", "ms": 1500},
        {"do": "agent_says", "text": "One moment, I am asking a colleague."},
        {"do": "caller_silence", "ms": 900_000},
        {"do": "caller_hangup"},
    ]
}


def talking(exchange: Exchange, line: Line, **switches: object) -> tuple[str, Call]:
    """A live call in which somebody has just asked for a colleague."""
    call_id = exchange.ring(line, TALK, speed=4, switches=switches)
    said = lambda call: call.state == "live" and len(support.turns(line, call)) >= 3  # noqa: E731
    return call_id, support.until(line, call_id, said)


def ask(line: Line, call: Call, key: str = "olive-1") -> Command:
    olive = people.make_person(line.workspace, f"Olive-{key} Brandt", "operator")
    by = runs_people.person(olive, line.workspace.id)
    with scope.workspace(line.workspace.id):
        return commands.give(call, "transfer", key=key, by=by, at=scope.now(), destination="desk")


def until(line: Line, call_id: str, given: Command, state: str, within: float = 60) -> Command:
    def reached(_call: Call) -> bool:
        with scope.workspace(line.workspace.id):
            given.refresh_from_db()
        return given.state == state

    support.until(line, call_id, reached, within=within)
    return given


def transfer_lines(line: Line, call: Call) -> list[str]:
    return [one for one in support.kinds(line, call) if one.startswith("command.")]


def test_a_line_that_leaves_was_handed_over_and_not_confirmed(exchange, line):
    exchange.start("first")
    call_id, call = talking(exchange, line, refer="ok_closes")
    given = ask(line, call)
    call = support.until(line, call_id, support.ended)
    assert until(line, call_id, given, "done").answer == "line_left"
    assert (call.end_reason, call.attention) == ("transferred", "")
    assert exchange.judge(call_id)["referred_to"] == [TARGET]
    steps = ["command.given", "command.sent", "command.accepted", "command.done"]
    assert transfer_lines(line, call) == steps
    assert support.kinds(line, call)[-1] == "call.ended"
    support.check_chain(line, call)


def test_a_transfer_of_which_nothing_is_seen_needs_a_person_who_may_try_again(exchange, line):
    exchange.start("first", hasty=True)
    call_id, call = talking(exchange, line, refer="ok_silent")
    given = ask(line, call)
    assert until(line, call_id, given, "unknown").answer == "nothing_happened"
    call = support.until(line, call_id, lambda one: one.attention == "transfer_silent")
    assert call.state == "live"
    assert exchange.judge(call_id)["refer_requests"] == 1
    again = ask(line, call, "lena-2")
    until(line, call_id, again, "accepted")
    call = support.until(line, call_id, lambda one: one.attention == "")
    assert exchange.judge(call_id)["referred_to"] == [TARGET, TARGET]


def test_a_refused_transfer_says_so_and_the_call_goes_on(exchange, line):
    exchange.start("first")
    call_id, call = talking(exchange, line, refer="http_404")
    given = ask(line, call)
    assert until(line, call_id, given, "refused").answer == "call_id_not_found"
    call = support.until(line, call_id, lambda one: one.attention == "transfer_refused")
    assert (call.state, exchange.judge(call_id)["refer_requests"]) == ("live", 1)
    assert transfer_lines(line, call) == ["command.given", "command.sent", "command.done"]


def test_a_transfer_without_a_clear_answer_is_in_doubt_and_not_repeated(exchange, line):
    exchange.start("first")
    call_id, call = talking(exchange, line, refer="http_500")
    given = ask(line, call)
    assert until(line, call_id, given, "unknown").answer == "server_error"
    call = support.until(line, call_id, lambda one: one.attention == "transfer_unknown")
    exchange.ask(f"/_sim/calls/{call_id}/hangup", {})
    call = support.until(line, call_id, support.ended)
    assert call.end_reason == "left_after_transfer"
    assert exchange.judge(call_id)["refer_requests"] == 1


def test_an_owner_that_dies_before_the_answer_leaves_a_doubt_and_no_second_try(exchange, line):
    exchange.start("first")
    call_id, call = talking(exchange, line, refer="ok_silent", refer_answer_ms=8_000)
    given = ask(line, call)
    until(line, call_id, given, "sent")
    asked = lambda _call: exchange.judge(call_id)["refer_requests"] == 1  # noqa: E731
    support.until(line, call_id, asked)
    exchange.processes["first"].signal(signal.SIGKILL)
    support.let_lease_run_out(line, call)
    exchange.start("second")
    assert until(line, call_id, given, "unknown").answer == "owner_lost"
    support.until(line, call_id, lambda one: one.attention == "transfer_unknown")
    assert exchange.judge(call_id)["refer_requests"] == 1


def test_an_owner_that_dies_after_the_answer_does_not_take_the_watch_along(exchange, line):
    exchange.start("first")
    call_id, call = talking(exchange, line, refer="ok_silent")
    given = ask(line, call)
    until(line, call_id, given, "accepted")
    exchange.processes["first"].signal(signal.SIGKILL)
    support.let_lease_run_out(line, call)
    exchange.start("second", hasty=True)
    assert until(line, call_id, given, "unknown").answer == "nothing_happened"
    assert exchange.judge(call_id)["refer_requests"] == 1


def test_what_was_asked_while_nobody_had_the_call_is_sent_once_by_the_next(exchange, line):
    exchange.start("first")
    call_id, call = talking(exchange, line, refer="ok_closes")
    exchange.processes["first"].signal(signal.SIGKILL)
    given = ask(line, call)
    support.let_lease_run_out(line, call)
    exchange.start("second")
    until(line, call_id, given, "done")
    call = support.until(line, call_id, support.ended)
    assert (call.end_reason, exchange.judge(call_id)["refer_requests"]) == ("transferred", 1)
