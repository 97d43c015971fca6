"""Proposals for machines: reading whole, stopping and changing; letting go is a person's."""

from datetime import timedelta

import pytest

from approvals import proposals
from approvals.models import OutboxEntry
from runs import scope
from runs.access import require_person
from runs.errors import NotAllowed
from runs.models import AuditEntry
from tests.approvals import support
from tests.runs.test_api import Machine, check_problem


@pytest.fixture
def machine(office):
    """A key that holds what Lena holds."""
    return Machine(office.house, "support_lead")


@pytest.fixture
def wish(office, machine):
    with office.scope():
        return support.propose(office)


def shown(machine, wish):
    newest = machine.get(f"proposals/{wish.public_id}").json()["versions"][-1]
    return {"version": newest["version"], "digest": newest["digest"]}


def edited(machine, wish, value):
    newest = machine.get(f"proposals/{wish.public_id}").json()["versions"][-1]
    effects = newest["effects"]
    effects[0]["arguments"]["changes"]["followup_needed"] = value
    rows = {one["field"]: one for one in newest["changes"]}
    rows["followup_needed"]["after"] = value
    return {
        "base_version": newest["version"],
        "title": newest["title"],
        "changes": newest["changes"],
        "effects": effects,
    }


def audit_of(office, wish):
    with office.scope():
        rows = AuditEntry.objects.filter(object=wish.public_id).exclude(
            action__in=["viewed", "revealed"]
        )
        return [(one.action, one.by.split(":")[0]) for one in rows.order_by("number")]


def test_one_proposal_tells_everything_that_a_decision_rests_on(machine, wish):
    body = machine.get(f"proposals/{wish.public_id}").json()
    assert body["handle"].startswith("wrp://north-")
    assert (body["state"], body["role"], body["rule"]) == ("pending", wish.role, wish.rule)
    assert [one["action"] for one in body["versions"][0]["effects"]] == [
        "crm.update_contact", "resend.send_followup_email",
    ]  # fmt: skip
    assert body["approve_by"] < body["execute_by"]
    assert body["verbs"]["approve"] == {"allowed": False, "code": "person_needed"}
    assert body["verbs"]["reject"] == {"allowed": True, "code": None}


def test_the_list_by_state_risk_action_and_customer(office, machine, wish):
    def found(**query):
        return [one["id"] for one in machine.get("proposals", **query).json()["data"]]

    assert found() == found(state="pending", risk=wish.risk, action=wish.action)
    assert found(customer="c-1001") == [wish.public_id]
    assert found(customer="c-9") == found(state="approved") == found(action="x") == []
    check_problem(machine.get("proposals", state="lost", colour="red"), 422, "invalid")


def test_pages_of_proposals_follow_each_other(office, machine, wish):
    with office.scope():
        wishes = [support.content(contact, mail=False) for contact in ("c-1002", "c-1003")]
        others = [support.propose(office, wish=one).public_id for one in wishes]
    first = machine.get("proposals", limit=2).json()
    rest = machine.get("proposals", limit=2, cursor=first["next_cursor"]).json()
    assert [one["id"] for one in first["data"]] == others[::-1]
    assert ([one["id"] for one in rest["data"]], rest["next_cursor"]) == ([wish.public_id], None)


def test_a_machine_may_not_approve_and_the_refusal_is_recorded(office, machine, wish):
    answer = machine.post(f"proposals/{wish.public_id}/approve", shown(machine, wish))
    check_problem(answer, 403, "person_needed")
    assert audit_of(office, wish) == [("proposal.refused", "key")]
    with office.scope():
        assert not OutboxEntry.objects.exists()
        assert proposals.get(wish.public_id).state == "pending"


def test_the_agent_and_processes_may_not_approve_either(office):
    for actor in (office.agent, support.people.system("worker", office.workspace.id)):
        with pytest.raises(NotAllowed, match="person_needed"):
            require_person(actor)
    require_person(office.lena)


def test_a_machine_rejects_what_it_was_shown(office, machine, wish):
    body = {**shown(machine, wish), "reason_code": "wrong_value", "note": "Typed wrongly."}
    answer = machine.post(f"proposals/{wish.public_id}/reject", body)
    assert answer.json()["state"] == "rejected"
    assert answer.json()["decisions"][0]["by"] == "CI"
    again = machine.post(f"proposals/{wish.public_id}/reject", body)
    check_problem(again, 409, "already_decided")
    assert audit_of(office, wish) == [("proposal.rejected", "key")]


def test_a_rejection_of_another_digest_is_refused(machine, wish):
    body = {"version": 1, "digest": "0" * 64, "reason_code": "wrong_value", "note": "x"}
    answer = machine.post(f"proposals/{wish.public_id}/reject", body)
    check_problem(answer, 409, "changed_since_shown")


def test_a_rejection_without_a_reason_names_the_field(machine, wish):
    answer = machine.post(f"proposals/{wish.public_id}/reject", shown(machine, wish))
    body = check_problem(answer, 422, "invalid")
    assert [one["field"] for one in body["errors"]] == ["reason_code"]


@pytest.mark.parametrize("value", [False, True])
def test_an_edit_is_a_new_version_with_the_types_that_were_sent(machine, wish, value):
    answer = machine.post(f"proposals/{wish.public_id}/edit", edited(machine, wish, value))
    body = answer.json()
    assert answer.status_code == 200, body
    assert [one["version"] for one in body["versions"]] == [1, 2]
    assert body["versions"][1]["effects"][0]["arguments"]["changes"]["followup_needed"] is value
    assert body["versions"][1]["author"] == f"key:{machine.key.id}"


def test_two_edits_of_the_same_version_the_second_is_told(machine, wish):
    body = edited(machine, wish, False)
    assert machine.post(f"proposals/{wish.public_id}/edit", body).status_code == 200
    check_problem(machine.post(f"proposals/{wish.public_id}/edit", body), 409, "newer_version")


def test_an_edit_with_an_action_of_another_workflow_is_refused(machine, wish):
    body = edited(machine, wish, True)
    body["effects"][0]["action"] = "bank.transfer"
    answer = machine.post(f"proposals/{wish.public_id}/edit", body)
    check_problem(answer, 422, "action_not_in_workflow")


def test_who_made_a_key_is_an_author_of_what_it_edited(office, wish):
    by = support.people.Actor(
        office.lena.id, "Lena", office.workspace.id, frozenset({"admin"}), office.lena.user_id
    )
    hers = Machine(office.house).with_roles("support_lead", by=by)
    hers.post(f"proposals/{wish.public_id}/edit", edited(hers, wish, False))
    with office.scope():
        assert office.lena.id in proposals.versions.authors(proposals.get(wish.public_id))


def test_undo_hold_and_release_of_an_approval(office, machine):
    slow = support.open_office(hold=600)
    machine = Machine(slow.house, "support_lead")
    with slow.scope():
        wish = support.propose(slow)
        support.approve(slow, wish)
    at = f"proposals/{wish.public_id}"
    held = machine.post(f"{at}/hold").json()
    assert [one["held"] for one in held["outbox"]] == [True, True]
    check_problem(machine.post(f"{at}/hold"), 409, "already_held")
    check_problem(machine.post(f"{at}/release"), 403, "person_needed")
    assert machine.post(f"{at}/undo").json()["state"] == "pending"
    check_problem(machine.post(f"{at}/undo"), 409, "nothing_to_undo")
    assert audit_of(slow, wish)[-2:] == [("proposal.refused", "key"), ("proposal.undone", "key")]


def test_who_neither_proposed_nor_decides_does_not_withdraw(office, machine, wish):
    reader = machine.with_roles("integrator")
    answer = reader.post(f"proposals/{wish.public_id}/withdraw")
    check_problem(answer, 403, "needs_role")
    assert machine.post(f"proposals/{wish.public_id}/withdraw").json()["state"] == "withdrawn"
    assert audit_of(office, wish) == [("proposal.refused", "key"), ("proposal.withdrawn", "key")]


def test_proposals_of_another_workspace_are_not_there(committed_db, wish):
    other = Machine(support.open_office().house, "support_lead")
    assert other.get("proposals").json()["data"] == []
    check_problem(other.get(f"proposals/{wish.public_id}"), 404, "proposal_not_found")
    for verb in ("approve", "retract", "reject", "edit", "withdraw", "undo", "hold", "release"):
        body = {"approve": {"version": 1, "digest": "0" * 64}}.get(verb, {})
        answer = other.post(f"proposals/{wish.public_id}/{verb}", body)
        assert answer.status_code in (404, 422)


def test_a_role_that_may_not_see_proposals(machine, wish):
    editor = machine.with_roles("editor")
    check_problem(editor.get("proposals"), 403, "needs_role")
    check_problem(editor.get(f"proposals/{wish.public_id}"), 403, "needs_role")


def test_a_proposal_is_decided_by_post_only(machine, wish):
    for verb in ("approve", "retract", "reject", "edit", "withdraw", "undo", "hold", "release"):
        answer = machine.get(f"proposals/{wish.public_id}/{verb}")
        check_problem(answer, 405, "method_not_allowed")


def test_looking_at_a_proposal_is_noted(office, machine, wish):
    machine.get(f"proposals/{wish.public_id}")
    with scope.workspace(office.workspace.id):
        (one,) = AuditEntry.objects.filter(action="revealed", object=wish.public_id)
    assert one.by == f"key:{machine.key.id}"


def test_remarks_questions_and_rest(office, machine, wish):
    at = f"proposals/{wish.public_id}"
    check_problem(machine.post(f"{at}/answer", {"text": "x"}), 409, "no_question")
    machine.post(f"{at}/ask", {"text": "Which number?"})
    machine.post(f"{at}/answer", {"text": "The second."})
    body = machine.post(f"{at}/comment", {"text": "Thanks."}).json()
    assert [one["kind"] for one in body["remarks"]] == ["question", "answer", "comment"]
    with office.scope():
        until = (scope.now() + timedelta(minutes=5)).isoformat()
    assert machine.post(f"{at}/snooze", {"until": until}).json()["snoozed_until"]
    assert machine.post(f"{at}/wake").json()["snoozed_until"] is None
    check_problem(machine.post(f"{at}/wake"), 409, "not_snoozed")
    check_problem(machine.post(f"{at}/snooze", {"until": "soon"}), 422, "not_a_moment")


def test_what_the_far_side_holds_now_or_why_it_is_not_known(machine, wish):
    body = machine.get(f"proposals/{wish.public_id}/current").json()
    assert (body["values"], body["read_at"]) == ({}, None)
    assert body["failed"]


def test_a_key_stops_the_outbox_once_with_a_reason(machine):
    admin = machine.with_roles("admin")
    body = {"mode": "pause", "reason": "The CRM is being moved."}
    check_problem(machine.post("pauses", body), 403, "needs_role")
    assert admin.post("pauses", body).status_code == 201
    check_problem(admin.post("pauses", body), 409, "already_paused")
    (one,) = machine.get("pauses").json()["data"]
    assert (one["action"], one["reason"]) == (None, "The CRM is being moved.")
