"""Effects for machines: every try, and what may be done with one in doubt."""

import pytest

from approvals.models import Attempt, OutboxEntry
from runs import scope
from runs.models import AuditEntry
from tests.approvals import support
from tests.runs.test_api import Machine, check_problem


@pytest.fixture
def machine(office):
    return Machine(office.house, "support_lead")


@pytest.fixture
def entry(office, machine):
    """An effect that was allowed by Lena and waits."""
    with office.scope():
        wish = support.propose(office)
        support.approve(office, wish)
        return support.entries(wish)[0]


def put(office, entry, **columns):
    """Bring the row where a worker would have brought it."""
    with office.scope():
        at = scope.now()
        lease = {"lease": entry.id, "lease_until": at} if columns["state"] == "unknown" else {}
        if lease:
            OutboxEntry.objects.filter(id=entry.id).update(state="sending", attempts=1, **lease)
            Attempt.objects.create(
                workspace_id=office.workspace.id, entry=entry, number=1, lease=entry.id,
                worker="w", started_at=at, wired_at=at, ended_at=at, verdict="ambiguous",
                status=502, answer="x" * 5000,
            )  # fmt: skip
        OutboxEntry.objects.filter(id=entry.id).update(**columns)


def test_one_effect_with_its_frozen_arguments_and_every_try(office, machine, entry):
    put(office, entry, state="unknown", reason="answer_lost")
    body = machine.get(f"outbox/{entry.public_id}").json()
    assert body["arguments"]["contact_id"] == "c-1001"
    assert body["idempotency_key"] == str(entry.id)
    (one,) = body["tries"]
    assert (one["number"], one["status"], len(one["answer"])) == (1, 502, 4096)
    assert body["verbs"]["send_again"] == {"allowed": False, "code": "person_needed"}
    assert "config" not in body


def test_the_list_by_state_and_action(office, machine, entry):
    def found(**query):
        return [one["id"] for one in machine.get("outbox", **query).json()["data"]]

    assert len(found()) == 2
    assert found(action="crm.update_contact", state="pending") == [entry.public_id]
    assert found(target=entry.target) == [entry.public_id]
    assert found(state="unknown") == []
    check_problem(machine.get("outbox", state="lost"), 422, "invalid")


def test_cancelled_once(office, machine, entry):
    first = machine.post(f"outbox/{entry.public_id}/cancel").json()
    assert (first["state"], first["reason"]) == ("cancelled", "cancelled")
    again = machine.post(f"outbox/{entry.public_id}/cancel")
    check_problem(again, 409, "not_in_this_state")


def test_what_was_never_tried_is_not_retried(machine, entry):
    answer = machine.post(f"outbox/{entry.public_id}/retry")
    check_problem(answer, 409, "not_in_this_state")


def test_a_machine_says_that_it_happened_and_what_proves_it(office, machine, entry):
    put(office, entry, state="unknown")
    bare = machine.post(f"outbox/{entry.public_id}/resolve", {"resolution": "it_happened"})
    check_problem(bare, 422, "evidence_required")
    body = {"resolution": "it_happened", "evidence": "CRM log 4711"}
    found = machine.post(f"outbox/{entry.public_id}/resolve", body).json()
    assert (found["state"], found["result"]["evidence"]) == ("succeeded", "CRM log 4711")


def test_a_doubt_is_left_as_it_is(office, machine, entry):
    put(office, entry, state="unknown")
    answer = machine.post(f"outbox/{entry.public_id}/resolve", {"resolution": "drop"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("cancelled", "dropped")


def test_only_a_person_sends_again_and_the_refusal_is_recorded(office, machine, entry):
    put(office, entry, state="unknown")
    answer = machine.post(f"outbox/{entry.public_id}/resolve", {"resolution": "send_again"})
    check_problem(answer, 403, "person_needed")
    with office.scope():
        refused = AuditEntry.objects.get(action="outbox.refused")
        assert refused.by == f"key:{machine.key.id}"
        assert OutboxEntry.objects.get(id=entry.id).state == "unknown"


def test_a_role_that_only_reads_does_nothing(machine, entry):
    reader = machine.with_roles("auditor")
    assert reader.get(f"outbox/{entry.public_id}").status_code == 200
    for verb, body in (
        ("retry", {}),
        ("cancel", {}),
        ("reverse", {}),
        ("resolve", {"resolution": "drop"}),
    ):
        answer = reader.post(f"outbox/{entry.public_id}/{verb}", body)
        check_problem(answer, 403, "needs_role")
    integrator = machine.with_roles("integrator")
    check_problem(integrator.get("outbox"), 403, "needs_role")


def test_effects_of_another_workspace_are_not_there(committed_db, entry):
    other = Machine(support.open_office().house, "support_lead")
    assert other.get("outbox").json()["data"] == []
    check_problem(other.get(f"outbox/{entry.public_id}"), 404, "entry_not_found")
    for verb, body in (
        ("retry", {}),
        ("cancel", {}),
        ("reverse", {}),
        ("resolve", {"resolution": "drop"}),
    ):
        answer = other.post(f"outbox/{entry.public_id}/{verb}", body)
        check_problem(answer, 404, "entry_not_found")


def test_an_effect_is_changed_by_post_only(machine, entry):
    for verb in ("retry", "cancel", "reverse", "resolve"):
        answer = machine.get(f"outbox/{entry.public_id}/{verb}")
        check_problem(answer, 405, "method_not_allowed")


def test_the_same_key_cancels_once_and_gets_the_same_answer(machine, entry):
    key = {"Idempotency-Key": "cancel-1"}
    first = machine.post(f"outbox/{entry.public_id}/cancel", headers=key)
    again = machine.post(f"outbox/{entry.public_id}/cancel", headers=key)
    assert again.json() == first.json()
