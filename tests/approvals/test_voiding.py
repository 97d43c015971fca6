"""A newer policy reaches what was allowed before it and has not left."""

from datetime import timedelta

import pytest

from approvals import claims, holds, outbox, records, resolutions
from approvals.action_types import ActionFailed, Confirmation
from approvals.models import OutboxEntry
from approvals.records import Settled
from runs import scope
from runs.errors import Conflict, NotAllowed
from runs.policies import Autonomy, Policy, RiskRule
from tests.approvals import support
from tests.approvals.policies import publish
from tests.approvals.test_autonomy import ask, free
from tests.factories import CONTENT


def strict(risk="high"):
    rules = (RiskRule(key="notes", words="notes", action="crm.*", field="notes", risk=risk),)
    return CONTENT.model_copy(update={"policy": Policy(rules=rules)})


def barred(action):
    rules = free("ask").policy.model_copy(update={"autonomy": {action: Autonomy(level="never")}})
    return CONTENT.model_copy(update={"policy": rules})


@pytest.fixture
def office(committed_db, calm):
    with support.closing(support.open_office(calm.url, content=free("ask"))) as found:
        yield found


def approved(office):
    with office.scope():
        proposal = ask(office, support.make_run(office), notes="Rings twice").proposal
        support.approve(office, proposal)
    return proposal


def told(office, proposal):
    with office.scope():
        proposal.refresh_from_db()
        return proposal.state, [one.state for one in support.entries(proposal)]


def test_what_is_barred_is_not_sent_although_it_was_approved(office):
    proposal = approved(office)
    with office.scope():
        holds.hold(proposal, by=office.lena, at=scope.now())
        publish(office, free("never"))
    assert told(office, proposal) == ("superseded", ["cancelled"])
    assert claims.claim(9, worker="w") == []


def test_what_is_judged_otherwise_waits_for_people_again(office):
    proposal = approved(office)
    with office.scope():
        publish(office, strict())
    assert told(office, proposal) == ("pending", ["cancelled"])
    assert (proposal.version, proposal.risk) == (2, "high")


def test_what_is_judged_as_before_stays_approved(office):
    proposal = approved(office)
    with office.scope():
        publish(office, free("draft"))
    assert told(office, proposal) == ("approved", ["pending"])


def test_what_a_rule_let_pass_alone_ends_where_it_is_barred(committed_db, calm):
    made = support.open_office(calm.url, content=free("auto"))
    with support.closing(made) as office, office.scope():
        ask(office, support.make_run(office), words=["notes"], notes="Rings twice")
        publish(office, free("never"))
        entry = OutboxEntry.objects.get()
        assert (entry.state, entry.reason) == ("cancelled", "policy_changed")


def test_what_was_claimed_already_is_left_to_its_worker(office):
    proposal = approved(office)
    with support.clock(timedelta(seconds=1)):
        assert len(claims.claim(9, worker="w")) == 1
    with office.scope():
        publish(office, free("never"))
    assert told(office, proposal) == ("approved", ["sending"])


def test_a_follower_that_is_barred_does_not_follow(office):
    with office.scope():
        proposal = support.propose(office)
        support.approve(office, proposal)
        _first, mail = support.entries(proposal)
    with support.clock(timedelta(seconds=1)):
        records.settle(
            [Settled(one, Confirmation("c-1", 200)) for one in claims.claim(1, worker="w")]
        )
    with office.scope():
        publish(office, barred(mail.action))
    assert told(office, proposal) == ("approved", ["succeeded", "cancelled"])


def test_what_was_refused_once_is_not_tried_again_where_it_is_barred(office):
    proposal = approved(office)
    refused = ActionFailed("not_accepted", "http_429", status=429)
    with support.clock(timedelta(seconds=1)):
        records.settle([Settled(one, refused) for one in claims.claim(9, worker="w")])
    with office.scope():
        publish(office, free("never"))
    support.make_due(office)
    support.send()
    assert told(office, proposal) == ("approved", ["failed"])
    with office.scope():
        assert support.entries(proposal)[0].reason == "policy_changed"


def failed(office):
    """Approved, and refused by the far side."""
    proposal = approved(office)
    with office.scope():
        OutboxEntry.objects.filter(proposal=proposal).update(state="failed", attempts=1)
        (entry,) = support.entries(proposal)
        return proposal, outbox.get(entry.public_id)


def test_nothing_is_sent_again_once_its_rules_bar_it(office):
    _proposal, entry = failed(office)
    with office.scope():
        publish(office, free("never"))
        with pytest.raises(NotAllowed, match="never_by_policy"):
            resolutions.send_again(entry, by=office.house.actor("mei"), at=scope.now())


@pytest.mark.parametrize(
    "later",
    [
        [{"state": "pending"}, {"state": "rejected"}],
        [{"state": "conflict"}],
        [{"state": "pending"}, {"version": 2}, {"state": "approved"}],
    ],
    ids=str,
)
def test_nothing_is_sent_again_after_its_proposal_was_decided_otherwise(office, later):
    proposal, entry = failed(office)
    with office.scope():
        for changes in later:
            type(proposal).objects.filter(id=proposal.id).update(**changes)
        with pytest.raises(Conflict, match="approval_void"):
            again = outbox.get(entry.public_id)
            resolutions.send_again(again, by=office.house.actor("mei"), at=scope.now())
