"""A new version, by an edit, by other rules or after a conflict, is decided anew."""

import pytest

from approvals import proposals, revisions
from approvals.models import Proposal, ProposalVersion
from runs import scope
from runs.errors import Conflict
from tests.approvals import support
from tests.approvals.policies import policy_of, publish
from tests.approvals.test_decisions import shown
from tests.factories import CONTENT


def test_an_edit_voids_what_others_look_at(office, proposal):
    with office.scope():
        old = shown(proposal)
        edited = proposals.edit(
            proposal, base_version=1, content=support.content(mobile="+44 7700 900555"),
            by=office.house.actor("mei"), at=scope.now(),
        )  # fmt: skip
        assert edited.version == 2
        with pytest.raises(Conflict, match="changed_since_shown") as refused:
            support.approve(office, proposal, **old)
        assert refused.value.details["version"] == 2
        assert ProposalVersion.objects.filter(proposal=proposal).count() == 2
        support.approve(office, Proposal.objects.get(id=proposal.id))
        crm, _mail = support.entries(proposal)
        assert "+44 7700 900555" in crm.request


def test_two_editors_do_not_overwrite_each_other(office, proposal):
    with office.scope():
        change = {"content": support.content(mobile="+44 7700 900555"), "at": scope.now()}
        proposals.edit(proposal, base_version=1, by=office.lena, **change)
        with pytest.raises(Conflict, match="newer_version"):
            proposals.edit(proposal, base_version=1, by=office.house.actor("mei"), **change)


def test_another_policy_voids_what_is_open(office, proposal):
    """Between the page and the click an admin makes the change a high risk."""
    with office.scope():
        old = shown(proposal)
        publish(office, policy_of("high"))
        with pytest.raises(Conflict, match="policy_changed"):
            support.approve(office, proposal, **old)
    assert revisions.rejudge_open(scope.now()) == 1
    assert revisions.rejudge_open(scope.now()) == 0
    with office.scope():
        with pytest.raises(Conflict, match="changed_since_shown"):
            support.approve(office, proposal, **old)
        anew = Proposal.objects.get(id=proposal.id)
        assert (anew.version, anew.risk) == (2, "high")
        support.approve(office, anew)


def test_a_policy_that_says_the_same_voids_nothing(office, proposal):
    with office.scope():
        greeting = CONTENT.agent.model_copy(update={"greeting": "Good day."})
        publish(office, CONTENT.model_copy(update={"agent": greeting}))
    assert revisions.rejudge_open(scope.now()) == 0
    with office.scope():
        support.approve(office, proposal)


def test_after_a_conflict_the_wish_is_decided_anew_beside_the_new_values(connected, calm):
    calm.patch_contact("c-1001", mobile="+44 7700 900777")
    with connected.scope():
        proposal = support.propose(connected, before={"mobile": support.MOBILE})
        support.approve(connected, proposal)
    support.send(seconds=1.0)
    with connected.scope():
        assert Proposal.objects.get(id=proposal.id).state == "conflict"
        at = scope.now()
        proposals.refresh(
            proposal, before={"mobile": "+44 7700 900777"}, read_at=at, by=connected.lena, at=at
        )
        support.approve(connected, proposals.get(proposal.public_id))
    support.send(seconds=1.0)
    support.make_due(connected)
    support.send(seconds=1.0)
    with connected.scope():
        found = support.entries(proposal)
        assert {entry.state for entry in found} <= {"succeeded", "superseded", "cancelled"}
        done = [entry for entry in found if entry.state == "succeeded"]
    assert sorted(entry.action for entry in done) == [
        "crm.update_contact", "resend.send_followup_email",
    ]  # fmt: skip
    assert calm.contact("c-1001")["mobile"] == support.NEW_MOBILE
