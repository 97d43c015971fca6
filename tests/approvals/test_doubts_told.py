"""An effect of which nobody knows whether it happened: who may resolve it is told, once an effect."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox

from approvals import action_types, claims, notices, records, resolutions, sweeps
from approvals.action_types import Confirmation
from approvals.models import Notice
from approvals.models.outbox_entry import Idempotency
from approvals.records import Settled
from runs import scope
from tests.approvals import support
from tests.approvals.sending import pair, send_again


@pytest.fixture
def unprotected(monkeypatch):
    """A receiver that offers nothing against doubles."""
    kind = action_types.get("send_email")
    monkeypatch.setattr(type(kind), "idempotency", Idempotency.NONE)


@pytest.fixture
def doubted(unprotected, connected, approved, calm):
    """A mail whose answer was lost."""
    calm.misbehave("mail", "reset_after")
    support.send(seconds=1.0)
    send_again(connected)
    _crm, mail = pair(connected, approved)
    assert mail.state == "unknown"
    return mail


def told(office):
    """name -> ids of the effects in doubt that this person has not read."""
    with office.scope():
        found = {name: notices.unread(office.house.actor(name)) for name in office.house.users}
        return {
            name: [one.call for one in rows if one.kind == "doubt"] for name, rows in found.items()
        }


def test_who_may_resolve_a_doubt_is_told_once(connected, doubted):
    once = [doubted.public_id]
    assert told(connected) == {"lena": once, "mei": once, "adam": once, "olive": []}
    with connected.scope():
        notices.tell_of_doubts([doubted], at=scope.now())
        assert Notice.objects.filter(kind="doubt").count() == 3


def test_the_mail_says_where_and_nothing_that_decides(connected, doubted):
    with connected.scope():
        Notice.objects.update(at=scope.now() - notices.PATIENCE)
    notices.mail_person(connected.workspace.id, connected.house.users["adam"].id)
    (sent,) = mailbox.outbox
    assert f"{doubted.public_id} was sent, and nobody knows whether it arrived" in sent.body
    assert f"/h/outbox://{connected.workspace.slug}/{doubted.public_id}" in sent.body


def test_what_was_resolved_waits_for_nobody_and_is_not_mailed(connected, doubted):
    with connected.scope():
        known = {"by": connected.lena, "at": scope.now()}
        resolutions.it_happened(doubted, evidence="The customer has the mail.", **known)
        Notice.objects.update(at=scope.now() - notices.PATIENCE)
    assert not any(told(connected).values())
    adam = connected.house.users["adam"].id
    notices.mail_person(connected.workspace.id, adam)
    assert not any(doubted.public_id in one.body for one in mailbox.outbox)


def test_the_page_of_the_call_does_not_read_it_for_them(connected, doubted):
    with connected.scope():
        lena = connected.house.actor("lena")
        assert notices.mark_read(lena, at=scope.now(), run=doubted.run) == 0
        assert notices.mark_read(lena, at=scope.now(), effect=doubted) == 1


def test_a_worker_that_died_on_the_wire_leaves_a_doubt_that_is_told(
    unprotected, connected, approved
):
    (crm,) = claims.claim(10, worker="w")
    records.settle([Settled(crm, Confirmation("c-1001", 200))])
    (mail,) = claims.claim(10, worker="dead")
    claims.mark_wires([mail])
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    assert told(connected)["lena"] == [mail.entry.public_id]


def test_a_doubt_whose_time_ran_out_is_told(connected, approved, calm):
    calm.misbehave("crm", "reset_after")
    support.send(seconds=1.0)
    with support.clock(timedelta(hours=25)):
        sweeps.sweep()
    crm, _mail = pair(connected, approved)
    assert told(connected)["adam"] == [crm.public_id]
