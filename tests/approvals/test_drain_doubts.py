"""What is in doubt is not repeated and not overwritten: a person decides, with what is known."""

import time
from datetime import timedelta

import pytest

from approvals import action_types, claims, records, sweeps, wire
from approvals.action_types import Confirmation
from approvals.models import Proposal
from approvals.models.outbox_entry import Idempotency
from approvals.records import Settled
from tests.approvals import support
from tests.approvals.sending import kinds, pair, send_again, verdicts


def test_a_value_that_changed_in_the_crm_is_never_overwritten(connected, approved, calm):
    calm.patch_contact("c-1001", mobile="+44 7700 900999")
    support.send()
    crm, mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("failed", "conflict")
    assert calm.contact("c-1001")["mobile"] == "+44 7700 900999"
    with connected.scope():
        assert Proposal.objects.get(id=approved.id).state == "conflict"
    assert "proposal.conflicted" in kinds(connected, approved)
    assert calm.effects("crm", crm) == 0
    assert mail.state in ("cancelled", "succeeded")


def test_nothing_is_sent_after_its_time(connected, approved, calm):
    with support.clock(timedelta(hours=25)):
        assert claims.claim(10, worker="late") == []
        sweeps.sweep()
    crm, mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("failed", "expired_unexecuted")
    assert (mail.state, mail.reason) == ("cancelled", "earlier_failed")
    for entry in (crm, mail):
        assert calm.requests(entry.action.split(".")[0].replace("resend", "mail"), entry) == 0


def test_an_effect_in_doubt_whose_time_is_over_is_unknown_not_failed(connected, approved, calm):
    calm.misbehave("crm", "reset_after")
    support.send(seconds=1.0)
    with support.clock(timedelta(hours=25)):
        sweeps.sweep()
    crm, _mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("unknown", "expired_unexecuted")
    assert "outbox.doubted" in kinds(connected, approved)


@pytest.fixture
def forgetful(monkeypatch):
    """A receiver that keeps no key."""
    kind = action_types.get("update_contact")
    monkeypatch.setattr(type(kind), "key_life", timedelta(0))


def test_a_key_that_the_receiver_may_have_forgotten_is_not_used_again(
    forgetful, connected, approved, calm
):
    calm.misbehave("crm", "reset_after")
    support.send(seconds=1.0)
    send_again(connected)
    crm, _mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("unknown", "key_forgotten")
    assert calm.requests("crm", crm) == 1


@pytest.fixture
def unprotected(monkeypatch):
    """A receiver that offers nothing against doubles."""
    kind = action_types.get("send_email")
    monkeypatch.setattr(type(kind), "idempotency", Idempotency.NONE)


def test_doubt_about_a_receiver_without_keys_asks_a_person(unprotected, connected, approved, calm):
    calm.misbehave("mail", "reset_after")
    support.send(seconds=1.0)
    send_again(connected)
    _crm, mail = pair(connected, approved)
    assert (mail.state, mail.attempts) == ("unknown", 1)
    assert calm.effects("mail", mail) == calm.requests("mail", mail) == 1
    assert "outbox.doubted" in kinds(connected, approved)


def test_a_worker_lost_on_the_wire_to_it_asks_a_person(unprotected, connected, approved, calm):
    (crm,) = claims.claim(10, worker="w")
    records.settle([Settled(crm, Confirmation("c-1001", 200))])
    (mail,) = claims.claim(10, worker="dead")
    assert claims.mark_wires([mail]) == [True]
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    _crm, mail = pair(connected, approved)
    assert mail.state == "unknown"
    send_again(connected)
    assert calm.requests("mail", mail) == 0


def test_an_answer_that_takes_too_long_is_a_doubt(connected, approved, calm, monkeypatch):
    monkeypatch.setattr(wire, "DEADLINE_S", 0.5)
    calm.misbehave("crm", "slow", delay_ms=1500)
    support.send(seconds=1.0)
    crm, mail = pair(connected, approved)
    assert (crm.state, crm.reason, verdicts(connected, crm)) == (
        "pending", "deadline", ["ambiguous"],
    )  # fmt: skip
    assert mail.state == "pending"
    time.sleep(1.5)
    send_again(connected)
    crm, mail = pair(connected, approved)
    assert (crm.state, calm.effects("crm", crm)) == ("succeeded", 1)
    assert mail.state == "succeeded"
