"""Effects of one approval go in the order in which they were shown."""

import pytest

from approvals import claims, resolutions
from approvals.models import OutboxEntry
from runs import scope
from tests.approvals import support
from tests.approvals.support import MOBILE


@pytest.fixture
def approved(connected, calm):
    calm.patch_contact("c-1001", mobile=MOBILE, followup_needed=False)
    with connected.scope():
        proposal = support.propose(connected)
        support.approve(connected, proposal)
    return proposal


def pair(office, proposal):
    with office.scope():
        return support.entries(proposal)


def test_the_mail_waits_while_the_update_is_tried_again(connected, approved, calm):
    calm.misbehave("crm", "5xx", status=503)
    support.send(seconds=1.0)
    crm, mail = pair(connected, approved)
    assert (crm.state, mail.state, mail.attempts) == ("pending", "pending", 0)
    assert calm.requests("mail", mail) == 0


def test_the_mail_does_not_tell_of_an_update_that_failed(connected, calm):
    with connected.scope():
        proposal = support.propose(connected, wish=support.content(nickname="Dee"))
        support.approve(connected, proposal)
    support.send()
    crm, mail = pair(connected, proposal)
    assert (crm.state, mail.state, mail.reason) == ("failed", "cancelled", "earlier_failed")


def test_a_doubt_that_a_person_ends_lets_the_mail_go(connected, approved, calm):
    with connected.scope():
        crm, mail = support.entries(approved)
        OutboxEntry.objects.filter(id=crm.id).update(state="unknown")
    assert claims.claim(10, worker="w") == []
    with connected.scope():
        crm.refresh_from_db()
        resolutions.it_happened(crm, evidence="Seen in the CRM", by=connected.lena, at=scope.now())
    assert [one.entry.id for one in claims.claim(10, worker="w")] == [mail.id]


def test_what_is_dropped_takes_its_followers_along(connected, approved):
    with connected.scope():
        crm, mail = support.entries(approved)
        OutboxEntry.objects.filter(id=crm.id).update(state="unknown")
        crm.refresh_from_db()
        resolutions.drop(crm, by=connected.lena, at=scope.now())
        mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("cancelled", "earlier_failed")


def test_followers_wait_for_what_is_sent_in_its_place(connected, approved, calm):
    with connected.scope():
        crm, mail = support.entries(approved)
        OutboxEntry.objects.filter(id=crm.id).update(state="unknown")
        crm.refresh_from_db()
        fresh = resolutions.send_again(crm, by=connected.house.actor("mei"), at=scope.now())
        mail.refresh_from_db()
    assert mail.after_id == fresh.id
    assert [one.entry.id for one in claims.claim(10, worker="w")] == [fresh.id]
