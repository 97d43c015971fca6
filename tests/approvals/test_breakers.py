"""A connection that fails again and again is left alone, and probed by one request."""

from datetime import timedelta

import pytest

from approvals import breakers, claims
from approvals.action_types import ActionFailed, Confirmation
from approvals.models import Breaker
from runs import scope
from tests.approvals import support

DOWN = ActionFailed("not_sent", "unreachable")


@pytest.fixture
def waiting(connected):
    """Three updates that are due."""
    with connected.scope():
        for number in range(3):
            wish = support.content(f"c-{number}", mail=False, notes="x")
            support.approve(connected, support.propose(connected, wish=wish))
    return connected


def connection_of(office):
    from voice import connections

    return connections.locate("crm")


def fail(office, times, outcome=DOWN):
    with office.scope():
        which = connection_of(office)
        for _ in range(times):
            breakers.note([(office.workspace.id, which, outcome)], scope.now())
        return Breaker.objects.filter(connection_id=which).first()


def test_five_failures_in_a_row_open_it(waiting):
    fail(waiting, breakers.OPENS_AT - 1)
    with waiting.scope():
        assert breakers.open_ones() == []
    breaker = fail(waiting, 1)
    assert breaker.open_until - breaker.changed_at == timedelta(seconds=breakers.OPEN_S)
    assert claims.claim(10, worker="w") == []


def test_what_waits_for_it_loses_no_attempt(waiting):
    fail(waiting, breakers.OPENS_AT)
    support.send(seconds=0.5)
    with waiting.scope():
        from approvals.models import OutboxEntry

        assert set(OutboxEntry.objects.values_list("attempts", flat=True)) == {0}


def test_then_one_request_is_the_probe(waiting):
    fail(waiting, breakers.OPENS_AT)
    with support.clock(timedelta(seconds=breakers.OPEN_S + 1)):
        assert [len(claims.claim(10, worker="w")) for _ in range(2)] == [1, 0]


def test_a_probe_that_fails_doubles_the_rest(waiting):
    fail(waiting, breakers.OPENS_AT)
    with support.clock(timedelta(seconds=breakers.OPEN_S + 1)):
        breaker = fail(waiting, 1)
    assert breaker.open_until - breaker.changed_at == timedelta(seconds=2 * breakers.OPEN_S)


def test_late_failures_of_requests_in_flight_do_not_lengthen_it(waiting):
    opened = fail(waiting, breakers.OPENS_AT)
    assert fail(waiting, 3).open_until == opened.open_until


def test_an_answer_closes_it(waiting):
    fail(waiting, breakers.OPENS_AT)
    breaker = fail(waiting, 1, Confirmation("c-1001", 200))
    assert (breaker.failures, breaker.open_until) == (0, None)
    assert len(claims.claim(10, worker="w")) == 3


def test_a_refusal_is_an_answer_and_a_request_to_wait_is_none(waiting):
    fail(waiting, breakers.OPENS_AT - 1)
    assert fail(waiting, 1, ActionFailed("not_accepted", "status_429", status=429)).failures == 4
    assert fail(waiting, 1, ActionFailed("no", "status_400", status=400)).failures == 0


def test_another_connection_goes_on(waiting):
    fail(waiting, breakers.OPENS_AT)
    with waiting.scope():
        support.approve(waiting, support.propose(waiting, wish=support.letter()))
    taken = claims.claim(10, worker="w")
    assert [one.entry.action for one in taken] == ["resend.send_followup_email"]
