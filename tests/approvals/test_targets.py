"""Whose record is changed comes from the run, whoever asks: the agent, a person or a key."""

import json

import pytest

from approvals import gate, proposals
from approvals.contents import Content
from approvals.models import Proposal, ProposalVersion
from runs import scope, steps
from runs.errors import NotAllowed
from runs.models import AuditEntry, Step
from tests.approvals import support
from tests.runs.test_api import Machine, check_problem

THEIRS = {"contact_id": "c-2002", "changes": {"mobile": support.NEW_MOBILE}}


def of_another(wish: Content) -> Content:
    """The same wish about another customer's record."""
    update, *rest = wish.effects
    moved = update.model_copy(update={"arguments": {**update.arguments, "contact_id": "c-2002"}})
    return wish.model_copy(update={"effects": (moved, *rest)})


def test_another_customers_record_is_refused_and_recorded(office):
    with office.scope():
        run = support.make_run(office)
        session = gate.Session(run.workspace_id, "agent:intake", "CALL-1", str(run.customer_id))
        found = gate.request(
            run, name="crm.update_contact", step_key="k9", arguments=THEIRS,
            session=session, by=office.agent, at=scope.now(),
        )  # fmt: skip
        assert (found.status, found.code) == ("denied", "record_of_another_customer")
        assert not Proposal.objects.filter(run=run).exists()
        step = Step.objects.get(run=run, step_key="k9")
        assert (step.state, step.result["code"]) == ("denied", "record_of_another_customer")


def test_a_person_does_not_edit_a_wish_over_to_another_customer(office):
    with office.scope():
        proposal = support.propose(office)
        with pytest.raises(NotAllowed, match="record_of_another_customer"):
            proposals.edit(
                proposal, base_version=1, content=of_another(support.content()), by=office.lena,
                at=scope.now(),
            )  # fmt: skip


def test_a_key_does_not_either_and_the_reason_is_recorded(office):
    machine = Machine(office.house, "support_lead")
    with office.scope():
        wish = support.propose(office)
    moved = of_another(support.content()).model_dump(mode="json")
    answer = machine.post(f"proposals/{wish.public_id}/edit", {"base_version": 1, **moved})
    check_problem(answer, 403, "record_of_another_customer")
    with office.scope():
        assert ProposalVersion.objects.filter(proposal=wish).count() == 1
        (entry,) = AuditEntry.objects.filter(action="proposal.refused", object=wish.public_id)
    told = json.loads(entry.payload)["is"]
    assert (entry.by, told["verb"]) == (f"key:{machine.key.id}", "edit")
    assert told["code"] == "record_of_another_customer"


@pytest.mark.parametrize("who", ["lena", "key"])
def test_what_a_person_or_a_key_proposes_is_about_its_customer_too(office, who):
    key = support.people.Actor("key:1", "CI", office.workspace.id, frozenset({"admin"}))
    by = key if who == "key" else office.lena
    with office.scope():
        run = support.make_run(office)
        step, _fresh = steps.begin(
            run, key="p", name="p", kind="proposal", arguments={}, by=by, at=scope.now()
        )
        content = of_another(support.content())
        with pytest.raises(NotAllowed, match="record_of_another_customer"):
            proposals.propose(run, step=step, content=content, by=by, at=scope.now())
