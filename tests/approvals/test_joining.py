"""One open proposal for each field of a record: what comes later joins it."""

import threading

import pytest
from django.db import connections

from approvals import contents, gate, joining, proposals
from approvals.models import OpenField, Proposal
from runs import ledger, scope
from tests.approvals import support


def after(proposal):
    content = contents.load(proposals.version_of(proposals.get(proposal.public_id)))
    return {change.field: change.after for change in content.changes}


def wish(**changes):
    return support.content("c-1001", mail=False, **changes)


def test_the_same_field_wished_again_joins_the_open_proposal(office):
    with office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        second = support.propose(office, wish=wish(mobile="+447700900182"))
        assert (second.public_id, second.version) == (first.public_id, 2)
        assert after(first) == {"mobile": "+447700900182"}
        assert Proposal.objects.filter(state="pending").count() == 1


def test_the_same_value_again_makes_no_new_version(office):
    with office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        second = support.propose(office, wish=wish(mobile="+447700900181"))
        assert (second.public_id, second.version) == (first.public_id, 1)


def test_a_further_field_goes_with_the_one_that_is_open(office):
    with office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        support.propose(office, wish=wish(mobile="+447700900181", notes="Call late"))
        assert after(first) == {"mobile": "+447700900181", "notes": "Call late"}
        assert set(OpenField.objects.values_list("field", flat=True)) == {"mobile", "notes"}


def test_fields_of_two_open_proposals_go_to_each_its_own(office):
    with office.scope():
        one = support.propose(office, wish=wish(mobile="+447700900181"))
        two = support.propose(office, wish=wish(notes="Call late"))
        support.propose(office, wish=wish(mobile="+447700900182", notes="Call early"))
        assert after(one) == {"mobile": "+447700900182"}
        assert after(two) == {"notes": "Call early"}


def test_a_joined_wish_ends_with_the_proposal_and_is_answered_again(office):
    with office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        run = support.make_run(office)
        support.propose(office, run, wish(mobile="+447700900182"))
        step = joining.Joining.objects.get().step
        assert "proposal.joined" in [line.kind for line in ledger.events_after(run.id, 0)]
        assert joining.earlier(step).public_id == first.public_id
        assert step.run_id == run.id


def test_a_decision_frees_the_fields(office):
    with office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        support.approve(office, first)
        assert not OpenField.objects.exists()
        second = support.propose(office, wish=wish(mobile="+447700900182"))
        assert second.public_id != first.public_id


def test_an_undo_gives_way_to_a_newer_wish_and_sends_nothing(committed_db):
    with support.closing(support.open_office(hold=10)) as office, office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        support.approve(office, first)
        support.propose(office, wish=wish(mobile="+447700900182"))
        undone = proposals.undo(first, by=office.lena, at=scope.now())
        assert undone.state == "superseded"
        assert {entry.state for entry in support.entries(first)} == {"cancelled"}


def test_a_conflict_that_is_wished_anew_is_replaced(office):
    with office.scope():
        first = support.propose(office, wish=wish(mobile="+447700900181"))
        for state in ("approved", "conflict"):
            Proposal.objects.filter(id=first.id).update(state=state)
        second = support.propose(office, wish=wish(mobile="+447700900182"))
        first.refresh_from_db()
        assert (first.state, second.state) == ("superseded", "pending")


@pytest.mark.parametrize("round_", range(5))
def test_two_calls_at_once_never_open_two(office, round_):
    start = threading.Barrier(2)

    def work(number: str) -> None:
        start.wait()
        with office.scope():
            support.propose(office, wish=wish(mobile=f"+44770090018{number}"))
        connections.close_all()

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(2)]
    [one.start() for one in threads]
    [one.join(60) for one in threads]
    with office.scope():
        assert Proposal.objects.filter(state="pending").count() == 1
        assert OpenField.objects.count() == 1
        assert gate.Proposal.objects.count() == 1
