"""Undo, hold and release: until the first effect is claimed, and not a moment longer."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from approvals import claims, proposals, sweeps
from approvals.models import OutboxEntry
from runs import ledger, people, releases, scope
from runs.errors import Conflict
from runs.models import Step
from tests.approvals import support
from tests.factories import CONTENT

RACES = 20


def kinds(proposal):
    return [line.kind for line in ledger.events_after(proposal.run_id, 0)]


@pytest.fixture
def slow(committed_db):
    with support.closing(support.open_office(hold=10)) as found:
        yield found


def test_an_undone_approval_waits_again_and_can_be_given_again(slow):
    with slow.scope():
        proposal = support.propose(slow)
        support.approve(slow, proposal)
        undone = proposals.undo(proposal, by=slow.lena, at=scope.now())
        assert (undone.state, undone.version) == ("pending", 1)
        assert {entry.state for entry in support.entries(proposal)} == {"cancelled"}
        assert "proposal.undone" in kinds(proposal)
        support.approve(slow, undone, "lena")
        states = [entry.state for entry in support.entries(proposal)]
        assert sorted(states) == ["cancelled", "cancelled", "pending", "pending"]
        asked = Step.objects.filter(run=proposal.run, kind="approval").order_by("number")
        assert [step.state for step in asked] == ["done", "done"]


def test_what_was_sent_cannot_be_undone(connected, calm):
    with connected.scope():
        proposal = support.propose(connected)
        support.approve(connected, proposal)
    support.send()
    with connected.scope(), pytest.raises(Conflict, match="already_sent"):
        proposals.undo(proposal, by=connected.lena, at=scope.now())


def test_an_undo_and_a_worker_at_the_same_moment_never_both_win(connected):
    for _ in range(RACES):
        with connected.scope():
            proposal = support.propose(connected)
            support.approve(connected, proposal)
        start, result = threading.Barrier(2), {}

        def take_back(proposal=proposal, start=start, result=result):
            start.wait()
            try:
                with connected.scope():
                    proposals.undo(proposal, by=connected.lena, at=scope.now())
                result["undone"] = True
            except Conflict as conflict:
                result["refused"] = conflict.code
            finally:
                connections.close_all()

        thread = threading.Thread(target=take_back)
        thread.start()
        start.wait()
        claimed = claims.claim(10, worker="w")
        thread.join()
        assert bool(claimed) != result.get("undone", False), result
        with connected.scope():
            OutboxEntry.objects.filter(state="sending").update(state="unknown")


def test_held_is_not_sent_until_it_is_released(slow):
    with slow.scope():
        proposal = support.propose(slow)
        support.approve(slow, proposal)
        held = proposals.hold(proposal, by=slow.lena, at=scope.now())
        assert len(held) == 2
        with pytest.raises(Conflict, match="already_held"):
            proposals.hold(proposal, by=slow.lena, at=scope.now())
    with support.clock(timedelta(hours=1)):
        assert claims.claim(10, worker="w") == []
    with slow.scope():
        at = scope.now()
        released = proposals.release(proposal, by=slow.lena, at=at)
        assert {entry.available_at for entry in released} == {at + timedelta(seconds=10)}
        proposals.undo(proposal, by=slow.lena, at=scope.now())


def test_the_hold_is_the_longest_that_is_asked_for(committed_db):
    with support.closing(support.open_office(hold=5)) as office, office.scope():
        actions = tuple(one.model_copy() for one in CONTENT.actions)
        content = CONTENT.model_copy(update={"actions": actions})
        assert [one.hold_seconds for one in content.actions] == [10, 30]
        admin = people.Actor("system:t", "t", office.workspace.id, frozenset({"admin"}))
        at = scope.now()
        office.release = releases.publish(office.release.workflow, content=content, by=admin, at=at)
        proposal = support.propose(office)
        support.approve(office, proposal, at=at)
        crm, mail = support.entries(proposal)
        # One hold for both: while it runs, an undo leaves nothing sent.
        holds = [(one.hold_until - at).total_seconds() for one in (crm, mail)]
        assert holds == [30, 30]


def test_what_was_held_until_it_was_too_late_says_so(slow):
    with slow.scope():
        proposal = support.propose(slow)
        support.approve(slow, proposal)
        proposals.hold(proposal, by=slow.lena, at=scope.now())
    with support.clock(timedelta(hours=25)):
        sweeps.sweep()
    with slow.scope():
        for verb in (proposals.release, proposals.hold):
            with pytest.raises(Conflict, match="too_late_to_send"):
                verb(proposal, by=slow.lena, at=scope.now())
