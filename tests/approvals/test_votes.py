"""One yes of several is taken back by whoever gave it, while others are still needed."""

import threading

import pytest
from django.db import connections

from approvals import proposals, quorum
from approvals.models import Approval, Notice, OutboxEntry, Proposal
from runs import invariants, ledger, scope
from runs.errors import Conflict, NotAllowed, Refused
from runs.models import AuditEntry
from runs.policies import Stage
from tests.approvals import support
from tests.approvals.test_quorum import LEADS, content
from tests.runs.test_api import Machine, check_problem

LEAD, ADMIN = (Stage(roles=(one,)) for one in ("support_lead", "admin"))
RACES = 10


@pytest.fixture
def two(committed_db):
    """An office where two support leads have to say yes."""
    with support.closing(support.open_office(content=content(LEADS))) as found:
        yield found


@pytest.fixture
def three(committed_db):
    """A support lead, then an admin, then another support lead."""
    made = content(LEAD, ADMIN, LEAD)
    with support.closing(support.open_office(content=made)) as found:
        yield found


def retract(office, proposal, who="lena"):
    return proposals.retract(proposal.public_id, by=office.house.actor(who), at=scope.now())


def standing(proposal):
    return [one.user_name.split()[0] for one in quorum.standing(proposal)]


def test_a_yes_that_was_taken_back_counts_no_more(two):
    with two.scope():
        proposal = support.propose(two)
        first = support.approve(two, proposal, "lena")
        assert retract(two, proposal).given == 0
        last = ledger.events_after(proposal.run_id, 0)[-1]
        told = {"version": 1, "approval": str(first.id), "left": 2}
        assert (last.kind, told.items() <= last.body.items()) == ("proposal.retracted", True)
        assert AuditEntry.objects.filter(action="proposal.retracted").count() == 1
        assert not support.approve(two, proposal, "mei").final
        assert not OutboxEntry.objects.exists()


def test_the_same_person_may_say_yes_again(two):
    with two.scope():
        proposal = support.propose(two)
        for _ in range(2):
            support.approve(two, proposal, "lena")
            retract(two, proposal)
        support.approve(two, proposal, "lena")
        assert support.approve(two, proposal, "mei").final
        assert Approval.objects.filter(undone_at__isnull=False).count() == 2


def test_nobody_takes_back_anothers_yes_or_one_that_is_not_there(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        with pytest.raises(Conflict, match="no_yes_of_yours"):
            retract(two, proposal, "mei")
        retract(two, proposal)
        with pytest.raises(Conflict, match="no_yes_of_yours"):
            retract(two, proposal)


def test_what_is_decided_is_undone_not_retracted(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        support.approve(two, proposal, "mei")
        with pytest.raises(Conflict, match="already_decided"):
            retract(two, proposal)


def test_later_stages_rested_on_it_and_fall_with_it(three):
    with three.scope():
        proposal = support.propose(three)
        support.approve(three, proposal, "lena")
        support.approve(three, proposal, "adam")
        Notice.objects.all().delete()
        assert retract(three, proposal).given == 0
        assert standing(proposal) == []
        leads = {three.house.users[name].id for name in ("lena", "mei")}
        assert set(Notice.objects.values_list("user_id", flat=True)) == leads
        with pytest.raises(NotAllowed, match="needs_role"):
            support.approve(three, proposal, "adam")


def test_a_later_yes_alone_leaves_the_earlier_ones(three):
    with three.scope():
        proposal = support.propose(three)
        support.approve(three, proposal, "lena")
        support.approve(three, proposal, "adam")
        assert retract(three, proposal, "adam").given == 1
        assert standing(proposal) == ["Lena"]


def test_the_last_yes_and_a_retraction_at_the_same_moment_never_both_win(two):
    with two.scope():
        wishes = [support.content(f"c-{n}") for n in range(RACES)]
        found = [support.propose(two, wish=one) for one in wishes]
        for one in found:
            support.approve(two, one, "lena")
    for one in found:
        start, told = threading.Barrier(2), []

        def run(act, start=start, told=told):
            start.wait()
            try:
                with two.scope():
                    told.append(act() is not None)
            except Refused:
                told.append(False)
            finally:
                connections.close_all()

        acts = (lambda one=one: support.approve(two, one, "mei"), lambda one=one: retract(two, one))
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        with two.scope():
            state, given = Proposal.objects.values_list("state", "given").get(id=one.id)
            assert (state, given) in (("approved", 2), ("pending", 1))
            assert given == len(quorum.standing(one))


def test_a_key_has_no_yes_to_take_back(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
    machine = Machine(two.house, "support_lead")
    check_problem(machine.post(f"proposals/{proposal.public_id}/retract"), 403, "person_needed")


def test_a_yes_that_is_counted_wrongly_is_found(two):
    def broken():
        return {one.invariant.name for one in invariants.check()}

    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        retract(two, proposal)
    assert "yeses are counted" not in broken()
    with two.scope():
        Proposal.objects.filter(id=proposal.id).update(given=1)
    assert "yeses are counted" in broken()
