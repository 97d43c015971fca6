"""The database keeps what was shown, decided and tried, whatever the code above it does."""

import hashlib
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from approvals import claims, proposals, records
from approvals.action_types import ActionFailed, Confirmation
from approvals.models import Approval, Attempt, OutboxEntry, Proposal, ProposalVersion
from approvals.records import Settled
from runs import scope
from tests.approvals import support

ANSWER = Confirmation("c-1001", 200, '{"id": "c-1001"}', {"version": 7})


@pytest.fixture
def sent(office):
    """An approved wish whose first effect was answered."""
    with office.scope():
        wish = support.propose(office, wish=support.content(mail=False))
        support.approve(office, wish)
    assert records.settle([Settled(one, ANSWER) for one in claims.claim(5, worker="tests")]) == 1
    with office.scope():
        yield Proposal.objects.get(id=wish.id)


@pytest.fixture
def rejected(office):
    with office.scope():
        wish = support.propose(office, wish=support.content(mail=False))
        shown = proposals.version_of(wish)
        proposals.reject(
            wish, version=1, digest=bytes(shown.digest), reason_code="wrong_value",
            by=office.lena, at=scope.now(),
        )  # fmt: skip
        yield Proposal.objects.get(id=wish.id)


def refused(rows, **changes):
    """Whether the application's role may not do it."""
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.update(**changes)
    return True


@pytest.mark.parametrize("model", [Proposal, ProposalVersion, Approval, OutboxEntry, Attempt])
def test_nothing_of_the_gate_is_deleted(sent, model):
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.exists()


def test_a_version_is_not_rewritten_with_other_terms(sent):
    assert refused(ProposalVersion.objects.filter(proposal=sent), terms="{}")


@pytest.mark.parametrize("state", ["pending", "approved", "withdrawn", "conflict"])
def test_a_rejected_wish_stays_rejected(rejected, state):
    assert refused(Proposal.objects.filter(id=rejected.id), state=state)


@pytest.mark.parametrize(
    "changes", [{"state": "rejected"}, {"version": 2}, {"rule": "x"}, {"risk": "low"},
                {"action": "x"}, {"customer": None}],
    ids=str,
)  # fmt: skip
def test_a_decided_wish_is_not_rewritten(sent, changes):
    mine = Proposal.objects.filter(id=sent.id)
    assert refused(mine, **changes)
    assert refused(mine, execute_by=sent.execute_by + timedelta(days=1))


def test_who_decided_may_leave_but_is_not_replaced(office, sent):
    mine = Proposal.objects.filter(id=sent.id)
    assert refused(mine, decided_by=office.house.users["mei"])
    assert mine.update(decided_by=None) == 1


@pytest.mark.parametrize(
    "changes",
    [{"answer": "{}"}, {"status": 500}, {"verdict": "no"}, {"verdict": "absent"},
     {"ended_at": None}, {"wired_at": None, "ended_at": None}, {"error": "x"}, {"number": 7}],
    ids=str,
)  # fmt: skip
def test_an_attempt_that_has_ended_keeps_its_end(sent, changes):
    assert refused(Attempt.objects.filter(entry__proposal=sent), **changes)


def test_an_answer_may_give_way_to_its_digest_and_to_no_other(sent):
    mine = Attempt.objects.filter(entry__proposal=sent)
    wrong, right = (hashlib.sha256(one).hexdigest() for one in (b"x", ANSWER.answer.encode()))
    assert refused(mine, answer=f"sha256:{wrong}")
    assert mine.update(answer=f"sha256:{right}") == 1


def test_a_doubt_that_was_cleared_is_no_doubt_any_more(office):
    """The one verdict that a later look-up may give an attempt that has ended."""
    with office.scope():
        support.approve(office, support.propose(office, wish=support.content(mail=False)))
    (claimed,) = claims.claim(5, worker="tests")
    records.settle([Settled(claimed, ActionFailed("ambiguous", "timeout"))])
    with office.scope():
        mine = Attempt.objects.filter(entry=claimed.entry)
        assert refused(mine, verdict="no")
        assert mine.update(verdict="absent") == 1


@pytest.mark.parametrize("changes", [{"result": {"reference": "x"}}, {"finished_at": None}])
def test_an_effect_that_is_over_keeps_its_result(sent, changes):
    mine = OutboxEntry.objects.filter(proposal=sent)
    assert refused(mine, **changes)
    assert mine.update(result=None, request="") == 1
