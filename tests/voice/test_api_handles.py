"""Handles for machines: each that an envelope carries opens, and none of another workspace."""

from datetime import timedelta

import pytest

from approvals import outbox
from approvals.models import OutboxEntry
from runs import people, scope, steps
from runs.models import Evidence
from tests import factories
from tests.approvals import support
from tests.runs.test_api import Machine, check_problem


@pytest.fixture
def office(committed_db):
    with support.closing(support.open_office()) as found:
        yield found


@pytest.fixture
def machine(office):
    return Machine(office.house, "support_lead")


@pytest.fixture
def handles(office):
    """One of each kind: kind -> handle."""
    slug = office.workspace.slug
    with office.scope():
        run = support.make_run(office)
        call = factories.make_call(run, factories.make_connection(office.workspace))
        wish = support.propose(office, run)
        support.approve(office, wish)
        proof = Evidence.objects.create(
            workspace_id=office.workspace.id, run=run, source="system", grade="system",
            system="crm", reference="contact c-1001", at=scope.now(),
        )  # fmt: skip
        entry = OutboxEntry.objects.filter(proposal=wish).first()
    return {
        "run": f"agent-run://{slug}/{run.public_id}",
        "call": f"call://{slug}/{call.public_id}",
        "proposal": f"wrp://{slug}/{wish.public_id}",
        "evidence": f"evidence://{slug}/{proof.public_id}",
        "effect": f"outbox://{slug}/{entry.public_id}",
    }


def test_each_handle_opens_and_names_its_page(machine, handles):
    for kind, handle in handles.items():
        body = machine.get(f"handles/{handle}").json()
        assert (body["kind"], body["handle"]) == (kind, handle)
        assert body["html_url"].endswith(f"/h/{handle}")
        assert body["data"]["handle"] == handle


def test_a_handle_whose_slashes_were_folded_or_encoded_opens_too(machine, handles):
    handle = handles["proposal"]
    for text in (handle.replace("://", ":/"), handle.replace(":", "%3A").replace("/", "%2F")):
        answer = machine.client.get(f"/api/v1/handles/{text}", headers=machine.headers)
        assert answer.json()["handle"] == handle


def test_handles_of_another_workspace_are_not_there(committed_db, handles):
    other = Machine(support.open_office().house, "support_lead")
    for handle in handles.values():
        check_problem(other.get(f"handles/{handle}"), 404, "not_found")


def test_a_handle_needs_the_role_for_what_it_names(machine, handles):
    reader = machine.with_roles("editor")
    assert reader.get(f"handles/{handles['run']}").status_code == 200
    check_problem(reader.get(f"handles/{handles['proposal']}"), 403, "needs_role")
    check_problem(reader.get(f"handles/{handles['effect']}"), 403, "needs_role")


def test_the_key_that_asked_for_an_effect_opens_the_handle_it_was_given(office, machine, handles):
    asker, other = (machine.with_roles("integrator", name=name) for name in ("asker", "other"))
    with office.scope():
        run, by = (
            support.make_run(office),
            people.Actor(
                f"key:{asker.key.id}", "asker", office.workspace.id, frozenset({"integrator"})
            ),
        )
        step, _fresh = steps.begin(
            run, key="api:1", name="crm.update_contact", kind="tool", arguments={}, by=by,
            at=scope.now(),
        )  # fmt: skip
        entry, _fresh = outbox.enqueue(
            run, effect=support.content().effects[0], step=step, policy_rule="notes_only",
            execute_by=scope.now() + timedelta(hours=1), at=scope.now(),
        )  # fmt: skip
    handle = f"outbox://{office.workspace.slug}/{entry.public_id}"
    assert asker.get(f"handles/{handle}").json()["data"]["handle"] == handle
    assert asker.get(f"outbox/{entry.public_id}").status_code == 200
    for answer in (other.get(f"handles/{handle}"), other.get(f"outbox/{entry.public_id}"),
                   asker.get(f"handles/{handles['effect']}")):  # fmt: skip
        check_problem(answer, 403, "needs_role")


@pytest.mark.parametrize("text", ["wrp://x/RUN-7K2M9Q4T", "nothing", "mailto:x", "wrp://a/PRO-1"])
def test_what_is_no_handle_is_told(machine, text):
    check_problem(machine.get(f"handles/{text}"), 422, "not_a_handle")


def test_a_handle_of_nothing(office, machine):
    slug = office.workspace.slug
    for text in (f"evidence://{slug}/EVD-ZZZZZZZZ", f"agent-run://{slug}/RUN-ZZZZZZZZ"):
        check_problem(machine.get(f"handles/{text}"), 404, "not_found")


def test_a_handle_is_only_read(machine, handles):
    check_problem(machine.post(f"handles/{handles['run']}"), 405, "method_not_allowed")
