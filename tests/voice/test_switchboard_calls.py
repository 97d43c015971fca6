"""Scripted calls of the simulator, recorded by real switchboard processes on the real database."""

from collections.abc import Iterator

import pytest

from runs import people as runs_people
from runs import scope
from runs.errors import Conflict
from tests import factories, people, stack_plugin
from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Exchange
from voice import commands
from voice.models import Command


@pytest.fixture(scope="module")
def exchange(django_db_setup: None) -> Iterator[Exchange]:
    exchange = Exchange(stack_plugin.current())
    try:
        exchange.start("simulator")
        exchange.start("first")
        yield exchange
    finally:
        exchange.stop()


def said(exchange, call_id):
    return [(one["speaker"], one["text"]) for one in exchange.judge(call_id)["said"]]


def told(line, call):
    return [(turn.speaker, turn.text) for turn in support.turns(line, call)]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("complete_intake", "agent_ended"),
        ("missing_field_escalation", "agent_ended"),
        ("caller_hangs_up", "caller_hung_up"),
        ("noisy_line", None),
    ],
)
def test_a_call_is_recorded_as_it_was_said(exchange, line, script, reason):
    call_id = exchange.ring(line, script)
    call = support.until(line, call_id, support.ended)
    assert told(line, call) == said(exchange, call_id)
    assert reason is None or call.end_reason == reason
    assert call.caller_name == "Dana Whitfield"
    assert call.run.state == "finishing"
    kinds = support.kinds(line, call)
    assert kinds[:5] == [
        *["run.started", "call.rang", "call.accepted", "sideband.attached", "call.answered"]
    ]
    assert kinds[-1] == "call.ended"
    assert "gap.noted" not in kinds
    support.check_chain(line, call)


def test_tones_that_are_taken_for_speech_do_not_disturb_what_is_typed(exchange, line):
    call_id = exchange.ring(line, "keypad_secret", speed=20, switches={"keys_are_speech": True})
    call = support.until(line, call_id, support.ended)
    (typed,) = support.lines(line, call, "keypad.collected")
    assert (typed["count"], typed["state"]) == (4, "complete")
    kinds = support.kinds(line, call)
    assert (call.end_reason, "noise.noted" in kinds) == ("agent_ended", False)
    codes = [one["code"] for one in support.lines(line, call, "turn.unavailable")]
    assert codes == ["keys"]


def test_what_was_heard_is_never_said_to_be_more(exchange, line):
    call_id = exchange.ring(line, "complete_intake", speed=40)
    call = support.until(line, call_id, support.ended)
    heard = {one["item_id"]: len(one["heard"]) for one in exchange.judge(call_id)["said"]}
    cut = [turn for turn in support.turns(line, call) if turn.state == "cut"]
    assert cut
    for turn in cut:
        assert 0 < turn.heard_chars <= heard[turn.item_id] < len(turn.text)
        assert turn.version == 2


def test_tools_are_answered_once_each(exchange, line):
    call_id = exchange.ring(line, "complete_intake", speed=40)
    call = support.until(line, call_id, support.ended)
    judged = exchange.judge(call_id)
    assert judged["tool_calls"]
    assert all(one["answers"] == 1 and not one["given_up"] for one in judged["tool_calls"])
    assert judged["unknown_outputs"] == []
    called = [one["call_id"] for one in support.lines(line, call, "tool.called")]
    assert sorted(called) == sorted(one["call_id"] for one in judged["tool_calls"])


def test_a_dropped_socket_is_an_explicit_gap_and_the_call_goes_on(exchange, line):
    call_id = exchange.ring(line, "complete_intake", speed=25)
    support.until(line, call_id, lambda call: len(support.turns(line, call)) >= 4)
    exchange.ask(f"/_sim/calls/{call_id}/drop_socket", {})
    call = support.until(line, call_id, support.ended)
    kinds = support.kinds(line, call)
    assert kinds.count("sideband.lost") == kinds.count("gap.noted") == 1
    assert kinds.count("sideband.attached") == 2
    assert call.gapped
    assert call.end_reason == "agent_ended"
    assert len(told(line, call)) == len(set(told(line, call)))
    support.check_chain(line, call)


def test_a_duplicate_frame_counts_once_and_an_unknown_one_harms_nothing(exchange, line):
    wanted = {"duplicate_frames": True, "unknown_events": True, "session_created": True}
    call_id = exchange.ring(line, "booking_question", speed=40, switches=wanted)
    call = support.until(line, call_id, support.ended)
    assert told(line, call) == said(exchange, call_id)
    assert "turn.amended" not in support.kinds(line, call)
    support.check_chain(line, call)


def test_late_transcripts_stand_where_the_speech_began(exchange, line):
    call_id = exchange.ring(
        line, "booking_question", speed=40, switches={"transcript_delay_ms": 8000}
    )
    call = support.until(line, call_id, support.ended)
    assert told(line, call) == said(exchange, call_id)


def test_a_caller_who_is_gone_before_the_accept_is_a_missed_call(exchange, line):
    call_id = exchange.place("booking_question")
    exchange.ask(f"/_sim/calls/{call_id}/hangup", {})
    assert line.deliver(support.incoming(call_id)) == 200
    call = support.until(line, call_id, support.ended)
    assert (call.state, call.end_reason) == ("missed", "caller_gone")
    assert call.run.state == "failed"


@pytest.mark.parametrize("created", [False, True])
def test_a_call_that_is_not_found_right_after_the_accept_is_asked_for_again(
    exchange, line, created
):
    wanted = {"early_404s": 2, "session_created": created}
    call_id = exchange.ring(line, "booking_question", speed=40, switches=wanted)
    call = support.until(line, call_id, support.ended)
    assert (call.state, call.end_reason) == ("ended", "agent_ended")
    assert told(line, call) == said(exchange, call_id)


def test_a_call_that_is_never_found_after_the_accept_is_missed(exchange, line):
    call_id = exchange.ring(line, "booking_question", switches={"early_404s": 1_000})
    call = support.until(line, call_id, support.ended, within=20)
    assert (call.state, call.end_reason) == ("missed", "caller_gone")


def test_a_number_that_nobody_set_up_is_rejected_and_missed(exchange, line):
    with scope.workspace(line.workspace.id):
        spec = factories.CONTENT.workflow.model_copy(update={"name": "voice.second"})
        content = factories.CONTENT.model_copy(update={"workflow": spec})
        factories.make_release(line.workspace, scope.now(), content)
    call_id = exchange.place("booking_question")
    unknown = {"To": "<sip:+441610000000@sip.api.openai.com>"}
    assert line.deliver(support.incoming(call_id, **unknown)) == 200
    call = support.until(line, call_id, support.ended)
    assert (call.state, call.end_reason) == ("missed", "number_unknown")
    assert exchange.judge(call_id)["state"] == "ended"


def test_an_operator_ends_the_call_once(exchange, line):
    olive = people.make_person(line.workspace, f"Olive-{line.workspace.slug} Brandt", "operator")
    by = runs_people.person(olive, line.workspace.id)
    call_id = exchange.ring(line, "complete_intake", speed=5)
    call = support.until(line, call_id, lambda call: call.state == "live")
    with scope.workspace(line.workspace.id):
        at = scope.now()
        for _ in range(2):
            commands.give(call, "end", key="k1", by=by, at=at)
        place = {"workspace_id": line.workspace.id, "run_id": call.run_id, "call_id": call.id}
        Command.objects.create(kind="sing", key="k2", by=by.id, at=at, **place)
    call = support.until(line, call_id, support.ended, within=20)
    assert call.end_reason == "operator_ended"
    done = {one["verb"]: one["state"] for one in support.lines(line, call, "command.done")}
    assert done == {"end": "done", "sing": "refused"}
    assert support.kinds(line, call).count("command.given") == 1
    with scope.workspace(line.workspace.id), pytest.raises(Conflict, match="call_is_over"):
        commands.give(call, "end", key="k3", by=by, at=at)


def test_calls_of_many_workspaces_are_recorded_side_by_side(exchange, committed_db):
    lines = [support.make_line() for _ in range(6)]
    scripts = ["booking_question", "billing_question", "caller_hangs_up"] * 2
    ringing = [
        (one, exchange.ring(one, script, speed=25, seed=number))
        for number, (one, script) in enumerate(zip(lines, scripts, strict=True))
    ]
    for one, call_id in ringing:
        call = support.until(one, call_id, support.ended)
        assert told(one, call) == said(exchange, call_id)
        support.check_chain(one, call)
