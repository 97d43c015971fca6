"""From an approval to the confirmations: real rows, real HTTP, receivers that misbehave."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings

from approvals import action_types, claims, delivery, drain, records, sweeps, wire
from approvals.action_types import Confirmation
from approvals.connectors import Resolved
from approvals.models import Attempt, OutboxEntry, Proposal
from approvals.models.outbox_entry import Idempotency
from approvals.records import Settled
from runs import ledger, scope
from runs.models import Step
from tests.approvals import support
from tests.approvals.support import MOBILE, NEW_MOBILE


@pytest.fixture
def approved(connected, calm):
    calm.patch_contact("c-1001", mobile=MOBILE, followup_needed=False)
    with connected.scope():
        proposal = support.propose(connected, before={"mobile": MOBILE, "followup_needed": False})
        support.approve(connected, proposal)
    return proposal


def pair(office, proposal):
    with office.scope():
        return support.entries(proposal)


def kinds(office, proposal):
    with office.scope():
        return [line.kind for line in ledger.events_after(proposal.run_id, 0)]


def verdicts(office, entry):
    with office.scope():
        found = Attempt.objects.filter(entry=entry).order_by("number")
        return [attempt.verdict for attempt in found]


def send_again(office):
    """As the worker a little later."""
    support.make_due(office)
    support.send()


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


def test_effects_on_one_contact_go_one_after_the_other(connected, calm):
    calm.patch_contact("c-1002", notes="a")
    with connected.scope():
        found = []
        for value in ("b", "c", "d"):
            wish = support.content("c-1002", mail=False, notes=value)
            found.append(support.propose(connected, wish=wish))
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


def test_a_key_that_the_receiver_may_have_forgotten_is_not_used_again(connected, approved, calm):
    calm.misbehave("crm", "reset_after")
    support.send(seconds=1.0)
    with connected.scope():
        Attempt.objects.update(wired_at=scope.now() - timedelta(hours=20))
    send_again(connected)
    crm, _mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("unknown", "key_forgotten")
    assert calm.requests("crm", crm) == 1


def test_a_worker_that_dies_before_the_first_byte_has_sent_nothing(connected, approved):
    claims.claim(10, worker="dead")
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    crm, _mail = pair(connected, approved)
    assert (crm.state, crm.reason) == ("pending", "lease_lost")
    assert verdicts(connected, crm) == ["crashed"]


def test_an_action_that_kills_its_worker_five_times_is_given_up(connected):
    with connected.scope():
        proposal = support.propose(connected, wish=support.content(mail=False, notes="x"))
        support.approve(connected, proposal)
    for _ in range(sweeps.MOST_CRASHES):
        assert claims.claim(1, worker="dead") or claims.claim(1, worker="dead", suspects=True)
        with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
            sweeps.sweep()
        support.make_due(connected)
    (entry,) = pair(connected, proposal)
    assert (entry.state, entry.reason) == ("failed", "poison")
    assert verdicts(connected, entry) == ["crashed"] * sweeps.MOST_CRASHES
    assert claims.claim(1, worker="w") == claims.claim(1, worker="w", suspects=True) == []


def test_what_died_beside_it_is_tried_alone(connected, calm):
    with connected.scope():
        for number in range(4):
            wish = support.content(f"c-{number}", mail=False, notes="x")
            support.approve(connected, support.propose(connected, wish=wish))
    for _ in range(2):
        assert len(claims.claim(50, worker="dead")) == 4
        with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
            sweeps.sweep()
        support.make_due(connected)
    assert claims.claim(50, worker="w") == []
    assert len(claims.claim(50, worker="w", suspects=True)) == 1


def test_a_late_answer_changes_nothing(connected, approved):
    mine = claims.claim(10, worker="slow")
    with connected.scope():
        OutboxEntry.objects.filter(state="sending").update(lease_until=scope.now())
    support.send(seconds=1.0)
    send_again(connected)
    late = [Settled(one, Confirmation("late", 200)) for one in mine]
    before = kinds(connected, approved)
    assert records.settle(late) == 0
    assert kinds(connected, approved) == before


def test_a_lease_that_ended_is_not_used(connected, approved):
    (first, *_rest) = claims.claim(10, worker="slow")
    with connected.scope():
        OutboxEntry.objects.filter(state="sending").update(lease_until=scope.now())
    assert not claims.mark_wire(first)
    sweeps.sweep()
    support.make_due(connected)
    (again, *_rest) = claims.claim(10, worker="other")
    assert not claims.mark_wire(first)
    assert claims.mark_wire(again)


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
    assert claims.mark_wire(mail)
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    _crm, mail = pair(connected, approved)
    assert mail.state == "unknown"
    send_again(connected)
    assert calm.requests("mail", mail) == 0


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


def test_a_request_that_was_altered_in_the_table_is_not_sent(connected, approved, calm):
    taken = claims.claim(10, worker="w")
    altered = next(one for one in taken if one.entry.action == "crm.update_contact")
    altered.entry.request = altered.entry.request.replace(NEW_MOBILE, "+44 7700 900000")
    outcome = asyncio.run(deliver(altered))
    assert (outcome.verdict, outcome.code) == ("no", "request_altered")
    assert calm.requests("crm", altered.entry) == 0


def test_a_worker_that_was_paused_past_its_lease_sends_nothing(connected, approved, calm):
    (one,) = claims.claim(10, worker="paused")
    long_ago = time.monotonic() - claims.LEASE_S
    assert asyncio.run(deliver(one, claimed_at=long_ago, url=calm.url)) is None
    crm, _mail = pair(connected, approved)
    assert calm.requests("crm", crm) == 0


async def deliver(claimed, claimed_at=None, url=""):
    async def resolve(one):
        assert url, "nothing is resolved for it"
        path = "/crm" if one.entry.action_type == "update_contact" else ""
        return Resolved(one.entry.connection_id, "test", url + path, "sk")

    async def mark(one):
        raise AssertionError("nothing is sent for it")

    async with wire.client() as client:
        return await delivery.deliver(
            claimed, client=client, resolve=resolve, mark_wire=mark, mark_absent=mark,
            claimed_at=claimed_at or time.monotonic(),
        )  # fmt: skip


def test_without_our_database_nothing_has_left(connected, approved, calm):
    """Between the claim and the first byte Postgres goes away: tried again, not failed."""
    from django.db import OperationalError

    async def gone(claimed):
        raise OperationalError("the connection is closed")

    async def send(claimed):
        async with wire.client() as client:
            return await delivery.deliver(
                claimed, client=client, resolve=gone, mark_wire=gone, mark_absent=gone,
                claimed_at=time.monotonic(),
            )  # fmt: skip

    (taken,) = claims.claim(10, worker="w")
    outcome = asyncio.run(send(taken))
    assert (outcome.verdict, outcome.code) == ("not_sent", "database_away")


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
