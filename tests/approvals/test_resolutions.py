"""What people do with entries that do not get on: nothing is sent again silently, nobody vouches for himself."""

from datetime import timedelta

import pytest

from approvals import claims, outbox, resolutions, sweeps
from approvals.models import OutboxEntry
from runs import ledger, scope
from runs.errors import Conflict, Invalid, NotAllowed
from runs.models import AuditEntry, Step
from tests.approvals import support


@pytest.fixture
def entry(connected):
    """An approved effect on one contact."""
    with connected.scope():
        proposal = support.propose(connected, wish=support.content("c-1003", mail=False, notes="n"))
        support.approve(connected, proposal)
        (found,) = support.entries(proposal)
    return found


def reload(office, entry):
    with office.scope():
        return outbox.get(entry.public_id)


@pytest.fixture
def unknown(connected, entry, calm):
    """Sent, the answer lost, and its time is over."""
    calm.misbehave("crm", "reset_after")
    support.send(seconds=1.0)
    with support.clock(timedelta(hours=25)):
        sweeps.sweep()
    return reload(connected, entry)


def act(office, verb, entry, who="mei", **options):
    with office.scope():
        found = outbox.get(entry.public_id)
        return getattr(resolutions, verb)(
            found, by=office.house.actor(who), at=scope.now(), **options
        )


def test_a_proof_turns_a_doubt_into_a_confirmation(connected, unknown):
    assert unknown.state == "unknown"
    with pytest.raises(Invalid, match="evidence_required"):
        act(connected, "it_happened", unknown, evidence="  ")
    act(connected, "it_happened", unknown, evidence="Contact shows the note, edited 14:06")
    done = reload(connected, unknown)
    assert (done.state, done.result["resolved_by"]) == ("succeeded", "Mei Kato")
    with connected.scope():
        assert AuditEntry.objects.filter(action="outbox.succeeded").count() == 1
        assert Step.objects.get(run=unknown.run, kind="effect").state == "done"
        assert ledger.events_after(unknown.run_id, 0)[-1].kind == "outbox.confirmed"
    with pytest.raises(Conflict, match="not_in_this_state"):
        act(connected, "drop", unknown)


def test_a_doubt_can_be_dropped(connected, unknown):
    assert act(connected, "drop", unknown).state == "cancelled"


def test_send_again_needs_somebody_else_than_the_approver(connected, calm):
    with connected.scope():
        wish = support.content(mail=False, nickname="Dee")
        proposal = support.propose(connected, wish=wish)
        support.approve(connected, proposal, "lena")
    support.send(seconds=1.0)
    with connected.scope():
        (failed,) = support.entries(proposal)
    assert failed.state == "failed"
    with pytest.raises(NotAllowed, match="second_person"):
        act(connected, "send_again", failed, "lena")
    fresh = act(connected, "send_again", failed, "mei")
    assert (fresh.state, fresh.attempts, fresh.request) == ("pending", 0, failed.request)
    assert fresh.id != failed.id
    assert reload(connected, failed).state == "superseded"


def test_waiting_for_the_next_try_can_be_cut_short_or_ended(connected, entry, calm):
    calm.misbehave("crm", "429", retry_after=1800)
    support.send(seconds=1.0)
    act(connected, "retry_now", entry)
    calm.misbehave("crm", "429", retry_after=1800)
    support.send(seconds=1.0)
    assert reload(connected, entry).attempts == 2
    assert act(connected, "cancel", entry).state == "cancelled"
    assert claims.claim(10, worker="w") == []


def test_what_may_have_happened_is_not_called_cancelled(connected, entry, calm):
    calm.misbehave("crm", "reset_after")
    support.send(seconds=1.0)
    with pytest.raises(Conflict, match="may_have_happened"):
        act(connected, "cancel", entry)
    assert reload(connected, entry).state == "pending"


@pytest.mark.parametrize("who", ["olive"])
def test_an_operator_looks_only(connected, entry, who):
    with pytest.raises(NotAllowed, match="needs_role"):
        act(connected, "cancel", entry, who)
    with connected.scope():
        verbs = resolutions.verbs_for(connected.house.actor(who), entry, scope.now())
        assert {refusal.code for refusal in verbs.values()} == {"needs_role"}


def test_open_verbs_follow_the_state(connected, entry, calm):
    def verbs():
        with connected.scope():
            found = outbox.get(entry.public_id)
            asked = resolutions.verbs_for(connected.house.actor("mei"), found, scope.now())
            return {verb for verb, refusal in asked.items() if refusal is None}

    assert verbs() == {"cancel"}
    calm.misbehave("crm", "429", retry_after=1800)
    support.send(seconds=1.0)
    assert verbs() == {"cancel", "retry_now"}
    with connected.scope():
        OutboxEntry.objects.filter(id=entry.id).update(state="unknown")
    assert verbs() == {"it_happened", "drop", "send_again"}
