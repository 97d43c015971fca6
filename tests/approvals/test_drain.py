"""From an approval to the confirmations: real rows, real HTTP, receivers that misbehave."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from approvals import claims, drain
from approvals.models import OutboxEntry
from runs import scope
from runs.models import Step
from tests.approvals import support
from tests.approvals.sending import deliver, kinds, pair, send_again, verdicts
from tests.approvals.support import MOBILE, NEW_MOBILE


def test_an_approval_is_sent_and_confirmed(connected, approved, calm):
    assert support.send() == 2
    crm, mail = pair(connected, approved)
    assert (crm.state, mail.state) == ("succeeded", "succeeded")
    assert crm.result["reference"] == "c-1001"
    assert calm.contact("c-1001")["mobile"] == NEW_MOBILE
    assert calm.effects("crm", crm) == calm.effects("mail", mail) == 1
    lines = kinds(connected, approved)
    assert lines.count("outbox.confirmed") == 2
    assert lines.index("proposal.approved") < lines.index("outbox.queued")
    with connected.scope():
        found = Step.objects.filter(run_id=approved.run_id)
        steps = {step.name: step.state for step in found}
    assert steps["approval"] == steps["crm.update_contact"] == "done"
    assert steps["resend.send_followup_email"] == "done"


def test_draining_twice_changes_nothing(connected, approved, calm):
    support.send()
    before = kinds(connected, approved)
    assert support.send() == 0
    assert kinds(connected, approved) == before


@pytest.mark.parametrize(
    ("mode", "options"),
    [("reset_after", {}), ("reset_before", {}), ("5xx", {}), ("429", {}), ("5xx", {"status": 503})],
)
def test_a_receiver_that_fails_once_gets_the_effect_once(connected, approved, calm, mode, options):
    calm.misbehave("crm", mode, **options)
    calm.misbehave("mail", mode, **options)
    support.send(seconds=1.0)
    send_again(connected)
    for name, entry in zip(("crm", "mail"), pair(connected, approved), strict=True):
        assert entry.state == "succeeded"
        assert entry.attempts == 2
        assert calm.effects(name, entry) == 1
    assert kinds(connected, approved).count("outbox.retried") == 2


def test_a_wish_of_the_receiver_to_wait_is_kept(connected, approved, calm):
    calm.misbehave("mail", "429", retry_after=1800)
    support.send(seconds=1.0)
    with connected.scope():
        _crm, mail = support.entries(approved)
        began = scope.now()
    assert mail.state == "pending"
    assert 1700 < (mail.available_at - began).total_seconds() <= 1800


def test_a_refusal_is_final(connected, calm):
    with connected.scope():
        wish = support.content(mail=False, nickname="Dee")
        proposal = support.propose(connected, wish=wish)
        support.approve(connected, proposal)
    support.send()
    (entry,) = pair(connected, proposal)
    assert (entry.state, entry.reason, entry.attempts) == ("failed", "status_400", 1)
    assert "outbox.failed" in kinds(connected, proposal)
    assert calm.effects("crm", entry) == 0


def test_a_receiver_that_is_not_there_is_tried_again(committed_db):
    with support.closing(support.open_office("http://127.0.0.1:9")) as office:
        with office.scope():
            proposal = support.propose(office)
            support.approve(office, proposal)
        support.send(seconds=0.5)
        crm, _mail = pair(office, proposal)
        assert (crm.state, crm.reason) == ("pending", "unreachable")
        assert verdicts(office, crm) == ["not_sent"]


def test_effects_on_one_contact_go_one_after_the_other(connected, calm):
    calm.patch_contact("c-1002", notes="a")
    with connected.scope():
        found = []
        for held, value in ("ab", "bc", "cd"):
            wish = support.content("c-1002", mail=False, notes=value)
            found.append(support.propose(connected, wish=wish, before={"notes": held}))
            support.approve(connected, found[-1])
    assert [len(claims.claim(10, worker="w")) for _ in range(2)] == [1, 0]
    with connected.scope():
        OutboxEntry.objects.filter(state="sending").update(lease_until=scope.now())
    support.send(seconds=1.0)
    send_again(connected)
    support.send()
    order = [
        edit["body"]["notes"] for edit in calm.judge()["crm"]["edits"] if "notes" in edit["body"]
    ]
    assert order[-3:] == ["b", "c", "d"]


def test_a_slow_receiver_holds_up_nobody_else(connected, calm):
    with connected.scope():
        for number in range(10):
            wish = support.content(f"c-{number}", mail=False, notes="x")
            support.approve(connected, support.propose(connected, wish=wish))
        support.approve(connected, support.propose(connected, wish=support.letter()))
    taken = claims.claim(50, worker="w")
    by_action = [one.entry.action for one in taken]
    assert by_action.count("crm.update_contact") == settings.OUTBOX_PER_HOST
    assert by_action.count("resend.send_followup_email") == 1


def test_one_drain_waits_out_a_short_hold(committed_db, calm):
    calm.patch_contact("c-1001", mobile=MOBILE, followup_needed=False)
    with support.closing(support.open_office(calm.url, hold=1)) as office:
        with office.scope():
            proposal = support.propose(office)
            support.approve(office, proposal)
        assert claims.claim(10, worker="w") == []
        assert support.send(seconds=4.0) == 2


def test_a_lingering_drain_hears_the_database_ring(connected, calm):
    """No Celery, no beat: the approval commits and the drain that is still there starts."""
    calm.patch_contact("c-1001", mobile=MOBILE, followup_needed=False)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(support.send, 6.0, 3.0)
        time.sleep(1.0)
        with connected.scope():
            support.approve(connected, support.propose(connected))
        assert sending.result(timeout=20) == 2


def test_the_receiver_gets_the_bytes_that_were_approved(connected, approved, calm):
    support.send()
    _crm, mail = pair(connected, approved)
    sent = [
        one for one in calm.judge()["mail"]["effects"] if one["idempotency_key"] == str(mail.id)
    ]
    assert sent[0]["body"] == {
        "from": "Northwind <hello@northwind.example>",
        "to": ["dana@whitfield.example"],
        "subject": "Your visit",
        "text": "Hello Dana.",
    }


def test_a_request_that_was_altered_in_the_table_is_not_sent(connected, approved, calm):
    taken = claims.claim(10, worker="w")
    altered = next(one for one in taken if one.entry.action == "crm.update_contact")
    altered.entry.request = altered.entry.request.replace(NEW_MOBILE, "+44 7700 900000")
    outcome = asyncio.run(deliver(altered))
    assert (outcome.verdict, outcome.code) == ("no", "request_altered")
    assert calm.requests("crm", altered.entry) == 0


async def test_one_who_ran_out_of_time_does_not_hold_up_the_others():
    """Its mark was on the way to the database when its deadline came."""
    gate = asyncio.Event()

    async def write(items):
        await gate.wait()
        return items

    batch = drain.Batch(write)
    late = asyncio.create_task(batch.put("late"))
    other = asyncio.create_task(batch.put("other"))
    await asyncio.sleep(0)
    late.cancel()
    gate.set()
    assert await asyncio.wait_for(other, 5) == "other"
    assert await asyncio.wait_for(batch.put("next"), 5) == "next"
