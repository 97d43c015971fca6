"""Workers that die, hang or come too late: nothing is sent twice, and what has not left is tried again."""

import asyncio
import time
from datetime import timedelta

from approvals import claims, delivery, records, sweeps, wire
from approvals.action_types import Confirmation
from approvals.models import OutboxEntry
from approvals.records import Settled
from runs import scope
from tests.approvals import support
from tests.approvals.sending import deliver, kinds, pair, send_again, verdicts


def test_a_worker_that_dies_before_the_first_byte_has_sent_nothing(connected, approved):
    claims.claim(10, worker="dead")
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    crm, _mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("pending", "lease_lost")
    assert verdicts(connected, crm) == ["crashed"]


def test_an_action_that_kills_its_worker_five_times_is_given_up(connected):
    with connected.scope():
        proposal = support.propose(connected, wish=support.content(mail=False, notes="x"))
        support.approve(connected, proposal)
    for _ in range(sweeps.MOST_CRASHES):
        assert claims.claim(1, worker="dead") or claims.claim(1, worker="dead", suspects=True)
        with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
            sweeps.sweep()
        support.make_due(connected)
    (entry,) = pair(connected, proposal)
    assert (entry.state, entry.reason) == ("failed", "poison")
    assert verdicts(connected, entry) == ["crashed"] * sweeps.MOST_CRASHES
    assert claims.claim(1, worker="w") == claims.claim(1, worker="w", suspects=True) == []


def test_what_died_beside_it_is_tried_alone(connected, calm):
    with connected.scope():
        for number in range(4):
            wish = support.content(f"c-{number}", mail=False, notes="x")
            support.approve(connected, support.propose(connected, wish=wish))
    for _ in range(2):
        assert len(claims.claim(50, worker="dead")) == 4
        with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
            sweeps.sweep()
        support.make_due(connected)
    assert claims.claim(50, worker="w") == []
    assert len(claims.claim(50, worker="w", suspects=True)) == 1


def test_a_late_answer_changes_nothing(connected, approved):
    mine = claims.claim(10, worker="slow")
    with connected.scope():
        OutboxEntry.objects.filter(state="sending").update(lease_until=scope.now())
    support.send(seconds=1.0)
    send_again(connected)
    late = [Settled(one, Confirmation("late", 200)) for one in mine]
    before = kinds(connected, approved)
    assert records.settle(late) == 0
    assert kinds(connected, approved) == before


def test_a_lease_that_ended_is_not_used(connected, approved):
    (first, *_rest) = claims.claim(10, worker="slow")
    with connected.scope():
        OutboxEntry.objects.filter(state="sending").update(lease_until=scope.now())
    assert claims.mark_wires([first]) == [False]
    sweeps.sweep()
    support.make_due(connected)
    (again, *_rest) = claims.claim(10, worker="other")
    assert claims.mark_wires([first]) == [False]
    assert claims.mark_wires([again]) == [True]


def test_a_worker_that_was_paused_past_its_lease_sends_nothing(connected, approved, calm):
    (one,) = claims.claim(10, worker="paused")
    long_ago = time.monotonic() - claims.LEASE_S
    assert asyncio.run(deliver(one, claimed_at=long_ago, url=calm.url)) is None
    crm, _mail = pair(connected, approved)
    assert calm.requests("crm", crm) == 0


def test_without_our_database_nothing_has_left(connected, approved, calm):
    """Between the claim and the first byte Postgres goes away: tried again, not failed."""
    from django.db import OperationalError

    async def gone(claimed):
        raise OperationalError("the connection is closed")

    async def send(claimed):
        async with wire.client() as client:
            return await delivery.deliver(
                claimed, client=client, resolve=gone, mark_wire=gone, mark_absent=gone,
                claimed_at=time.monotonic(),
            )  # fmt: skip

    (taken,) = claims.claim(10, worker="w")
    outcome = asyncio.run(send(taken))
    assert (outcome.verdict, outcome.code) == ("not_sent", "database_away")
