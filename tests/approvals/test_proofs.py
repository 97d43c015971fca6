"""What a receiver tells later, signed: it ends a doubt once, and never rewrites what is settled."""

import json
import uuid

import pytest
from django.test import Client

from approvals import proofs
from approvals.models import OutboxEntry, Proof
from runs import ledger, scope
from tests.approvals import support
from voice import connections


@pytest.fixture
def entry(connected):
    with connected.scope():
        proposal = support.propose(connected, wish=support.letter())
        support.approve(connected, proposal)
        (made,) = support.entries(proposal)
        OutboxEntry.objects.filter(id=made.id).update(state="sending", attempts=1, lease=made.id,
                                                      lease_until=scope.now())  # fmt: skip
        OutboxEntry.objects.filter(id=made.id).update(state="unknown", lease=None, lease_until=None)
    return made


def tell(office, entry, *, message="msg-1", happened=True, secret="sk-test", age=0, **change):
    body = json.dumps(
        {"key": str(entry.id), "happened": happened, "reference": "re_1", **change}
    ).encode()
    with office.scope():
        stamp = int(scope.now().timestamp()) - age
    return Client().post(
        f"/hooks/proofs/{entry.connection_id}/", body, content_type="application/json",
        headers={
            "webhook-id": message, "webhook-timestamp": str(stamp),
            "webhook-signature": proofs.sign(secret, message, stamp, body),
        },
    )  # fmt: skip


def state(office, entry):
    with office.scope():
        return OutboxEntry.objects.get(id=entry.id).state


def kinds(office, entry):
    with office.scope():
        return [line.kind for line in ledger.events_after(entry.run_id, 0)]


def test_a_proof_ends_the_doubt(connected, entry):
    answer = tell(connected, entry)
    assert (answer.status_code, answer.json()["verdict"]) == (200, "resolved")
    assert state(connected, entry) == "succeeded"
    assert kinds(connected, entry).count("outbox.confirmed") == 1


def test_told_twice_it_counts_once(connected, entry):
    for _ in range(2):
        assert tell(connected, entry).json()["verdict"] == "resolved"
    assert tell(connected, entry, message="msg-2").json()["verdict"] == "known"
    assert kinds(connected, entry).count("outbox.confirmed") == 1
    with connected.scope():
        assert Proof.objects.filter(entry=entry).count() == 2


def test_it_confirms_from_the_hands_of_a_worker(connected, entry):
    with connected.scope():
        proposal = support.propose(connected, wish=support.content(mail=False, notes="x"))
        support.approve(connected, proposal)
        (other,) = support.entries(proposal)
    from approvals import claims, records
    from approvals.action_types import ActionFailed
    from approvals.records import Settled

    (taken,) = claims.claim(10, worker="slow")
    assert tell(connected, other).json()["verdict"] == "resolved"
    assert records.settle([Settled(taken, ActionFailed("ambiguous", "timeout"))]) == 0
    assert state(connected, other) == "succeeded"


def test_against_the_record_it_is_kept_and_said(connected, entry):
    with connected.scope():
        OutboxEntry.objects.filter(id=entry.id).update(state="cancelled")
    assert tell(connected, entry).json()["verdict"] == "contradicts"
    assert state(connected, entry) == "cancelled"
    assert "outbox.contradicted" in kinds(connected, entry)


def test_that_nothing_happened_ends_no_doubt(connected, entry):
    assert tell(connected, entry, happened=False).json()["verdict"] == "known"
    assert state(connected, entry) == "unknown"


@pytest.mark.parametrize("wrong", [{"secret": "sk-other"}, {"age": 600}, {"age": -600}])
def test_a_forged_or_stale_proof_changes_nothing(connected, entry, wrong):
    assert tell(connected, entry, **wrong).status_code == 401
    assert state(connected, entry) == "unknown"


@pytest.mark.parametrize("body", [{"key": "x"}, {"happened": "yes"}, {"reference": 7}])
def test_what_is_no_proof_is_refused(connected, entry, body):
    assert tell(connected, entry, **body).status_code == 400


def test_one_receiver_does_not_vouch_for_another(connected, entry):
    with connected.scope():
        crm = connections.locate("crm")
    entry.connection_id = crm
    assert tell(connected, entry).json()["verdict"] == "unmatched"
    assert state(connected, entry) == "unknown"


def test_an_unknown_connection_and_a_wrong_method(connected, entry):
    assert Client().get(f"/hooks/proofs/{entry.connection_id}/").status_code == 405
    entry.connection_id = uuid.uuid4()
    assert tell(connected, entry).status_code == 404
