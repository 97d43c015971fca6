"""A decision is about exactly what was shown; one wins, the others are told who was first."""

import threading
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connections, transaction

from approvals import expiry, proposals
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion
from runs import ledger, scope
from runs.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from runs.models import AuditEntry, Step
from tests.approvals import support
from tests.approvals.policies import policy_of

RACES = 20


def shown(proposal):
    version = proposals.version_of(proposal)
    return {"version": version.version, "digest": bytes(version.digest).hex()}


def kinds(proposal):
    return [line.kind for line in ledger.events_after(proposal.run_id, 0)]


def test_an_approval_writes_everything_that_follows(office, proposal):
    with office.scope():
        approval = support.approve(office, proposal)
        entries = support.entries(proposal)
        assert [entry.action for entry in entries] == [
            "crm.update_contact", "resend.send_followup_email",
        ]  # fmt: skip
        assert {entry.approval_id for entry in entries} == {approval.id}
        assert Proposal.objects.get(id=proposal.id).state == "approved"
        assert (approval.user_name, approval.role) == ("Lena Fischer", "support_lead")
        told = [kind for kind in kinds(proposal) if not kind.startswith("step.")]
        assert told[-3:] == ["proposal.approved", "outbox.queued", "outbox.queued"]
        assert AuditEntry.objects.filter(action="proposal.approved").count() == 1
        step = Step.objects.get(run=proposal.run, kind="approval")
        assert (step.state, step.result["by"]) == ("done", "Lena Fischer")


def test_races_have_exactly_one_winner(office):
    """Two leads and a double click at the same moment, again and again."""
    with office.scope():
        run = support.make_run(office)
        found = [support.propose(office, run, support.content(f"c-{i}", n=i)) for i in range(RACES)]
        seen = {one.id: shown(one) for one in found}
    won, told = [], []
    people = [office.house.actor(name) for name in ("lena", "mei", "lena", "mei")]
    for one in found:
        start = threading.Barrier(len(people))

        def decide(by, one=one, start=start):
            start.wait()
            try:
                with office.scope():
                    proposals.approve(one.public_id, by=by, at=scope.now(), **seen[one.id])
                won.append(one.id)
            except Conflict as conflict:
                told.append((conflict.code, conflict.details.get("by")))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=decide, args=[by]) for by in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(won) == sorted(one.id for one in found)
    assert len(told) == RACES * (len(people) - 1)
    assert {code for code, _ in told} == {"already_decided"}
    assert {name for _, name in told} <= {"Lena Fischer", "Mei Kato"}
    with office.scope():
        assert Approval.objects.count() == RACES
        assert OutboxEntry.objects.count() == RACES * 2


def test_another_digest_than_the_one_shown_decides_nothing(office, proposal):
    with office.scope():
        with pytest.raises(Conflict, match="changed_since_shown"):
            support.approve(office, proposal, digest="00" * 32)
        with pytest.raises(Conflict, match="changed_since_shown"):
            support.approve(office, proposal, digest="not hex at all é")
        with pytest.raises(Conflict, match="changed_since_shown"):
            support.approve(office, proposal, version=7)
        assert Proposal.objects.get(id=proposal.id).state == "pending"
        assert not OutboxEntry.objects.exists()


def test_a_version_a_decision_and_a_request_cannot_be_changed(office, proposal):
    with office.scope():
        support.approve(office, proposal)
        for change in (
            lambda: ProposalVersion.objects.filter(proposal=proposal).update(payload="{}"),
            lambda: Approval.objects.filter(proposal=proposal).update(version=9),
            lambda: OutboxEntry.objects.filter(proposal=proposal).update(request="{}"),
            lambda: OutboxEntry.objects.filter(proposal=proposal).update(state="succeeded"),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()


def test_a_content_that_was_altered_in_the_table_is_not_approved(office, proposal):
    """Even somebody who can write the table cannot slip another payload under the shown digest."""
    with office.scope():
        version = proposals.version_of(proposal)
        payload = version.payload.replace(support.NEW_MOBILE, "+44 7700 900000")
        Proposal.objects.filter(id=proposal.id).update(version=2)
        ProposalVersion.objects.create(
            workspace=office.workspace, proposal=proposal, version=2, payload=payload,
            digest=version.digest, before={}, author=version.author, at=scope.now(),
        )  # fmt: skip
        with pytest.raises(Conflict, match="changed_since_shown"):
            support.approve(office, Proposal.objects.get(id=proposal.id))


def test_nobody_but_the_role_decides(office, proposal):
    with office.scope():
        for name in ("olive", "adam"):
            with pytest.raises(NotAllowed, match="needs_role"):
                support.approve(office, proposal, name)
        with pytest.raises(NotAllowed):
            proposals.approve(
                proposal, **shown(proposal), by=office.agent, at=scope.now()
            )  # the agent itself


def test_a_proposal_of_another_workspace_is_not_there(office, proposal):
    other = support.open_office()
    with office.scope():
        seen = shown(proposal)
    with other.scope(), pytest.raises(NotFound):
        proposals.approve(proposal.public_id, by=other.lena, at=scope.now(), **seen)


@pytest.fixture
def strict(committed_db):
    """An office where a mobile number is a high risk."""
    with support.closing(support.open_office(content=policy_of("high"))) as found:
        yield found


def test_with_four_eyes_the_author_does_not_decide(strict):
    with strict.scope():
        proposal = support.propose(strict)
        proposals.edit(
            proposal, base_version=1, content=support.content(mobile="+44 7700 900555"),
            by=strict.lena, at=scope.now(),
        )  # fmt: skip
        with pytest.raises(NotAllowed, match="four_eyes"):
            support.approve(strict, proposal, "lena", version=2, digest=current(proposal))
        support.approve(strict, proposal, "mei", version=2, digest=current(proposal))


def current(proposal):
    return bytes(proposals.version_of(proposals.get(proposal.public_id)).digest)


def test_a_rejection_needs_a_reason(office, proposal):
    with office.scope():
        known = {**shown(proposal), "by": office.lena, "at": scope.now()}
        with pytest.raises(Invalid, match="reason_required"):
            proposals.reject(proposal, reason_code="", **known)
        with pytest.raises(Invalid, match="note_required"):
            proposals.reject(proposal, reason_code="other", note=" ", **known)
        proposals.reject(proposal, reason_code="wrong_value", **known)
        assert Proposal.objects.get(id=proposal.id).state == "rejected"
        assert kinds(proposal)[-1] == "proposal.rejected"
        assert not OutboxEntry.objects.exists()
        with pytest.raises(Conflict, match="already_decided") as refused:
            support.approve(office, proposal)
        assert refused.value.details["by"] == "Lena Fischer"


def test_a_high_risk_is_not_rejected_without_a_word(strict):
    with strict.scope():
        proposal = support.propose(strict)
        with pytest.raises(Invalid, match="note_required"):
            proposals.reject(
                proposal, **shown(proposal), reason_code="wrong_value", by=strict.lena,
                at=scope.now(),
            )  # fmt: skip


@pytest.mark.parametrize("seconds", [0, 1])
def test_after_its_time_nobody_approves(office, proposal, seconds):
    late = proposal.approve_by + timedelta(seconds=seconds)
    with office.scope(), pytest.raises(Conflict, match="expired"):
        support.approve(office, proposal, at=late)


def test_a_second_before_its_time_it_is_approved(office, proposal):
    with office.scope():
        support.approve(office, proposal, at=proposal.approve_by - timedelta(seconds=1))


def test_what_nobody_decided_expires_once(office, proposal):
    # What other tests left behind is due before.
    expiry.expire_due(proposal.approve_by - timedelta(seconds=1))
    assert expiry.expire_due(proposal.approve_by - timedelta(seconds=1)) == 0
    assert expiry.expire_due(proposal.approve_by) == 1
    assert expiry.expire_due(proposal.approve_by) == 0
    with office.scope():
        assert Proposal.objects.get(id=proposal.id).state == "expired"
        assert kinds(proposal)[-1] == "proposal.expired"


def test_a_withdrawn_wish_is_not_approved(office, proposal):
    with office.scope():
        proposals.withdraw(proposal, by=office.agent, at=scope.now())
        with pytest.raises(Conflict, match="already_decided"):
            support.approve(office, proposal)


def test_every_closed_verb_says_why(office, proposal):
    with office.scope():
        at = scope.now()
        for name, code in (("lena", None), ("olive", "needs_role"), ("adam", "needs_role")):
            verbs = proposals.verbs_for(office.house.actor(name), proposal, at)
            assert (verbs["approve"].code if verbs["approve"] else None) == code
            assert isinstance(verbs["undo"], Refused)
        support.approve(office, proposal)
        decided = Proposal.objects.select_related("decided_by").get(id=proposal.id)
        verbs = proposals.verbs_for(office.lena, decided, at)
        assert verbs["undo"] is None
        assert verbs["hold"] is None
        assert verbs["approve"].code == "already_decided"
        late = proposals.verbs_for(office.lena, proposal, proposal.approve_by)
        assert late["approve"].code == "expired"
