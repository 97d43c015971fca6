"""Values of the session in an admin's own request are ours: the caller gives none and names no other's record."""

import pytest

from approvals import gate, proposals
from runs import releases, scope
from runs.errors import Invalid, NotAllowed
from tests import factories
from tests.approvals import support
from tests.approvals.test_disclosure import ask
from tests.factories import CONTENT

NAME = "dispatch.note_wish"


def request(**places):
    """A workflow with one request that the admin wrote."""
    action = releases.ActionConfig(
        key=NAME, type="http_request", connection="crm",
        config={
            "method": "PUT", "path": "/jobs/{{contact}}/wish",
            "body": '{"wish": "{{wish}}", "by": "{{asker}}"}',
            "values": {"wish": {}, "asker": {"from": "session.principal"}, **places},
        },
    )  # fmt: skip
    only = {"external_actions": (NAME,), "session_require": ("principal",)}
    workflow = CONTENT.workflow.model_copy(update=only)
    return CONTENT.model_copy(update={"workflow": workflow, "actions": (action,)})


@pytest.fixture
def bound(committed_db):
    made = support.open_office(content=request(contact={"from": "session.customer"}))
    with support.closing(made) as found, found.scope():
        yield found


@pytest.fixture
def free(committed_db):
    with support.closing(support.open_office(content=request(contact={}))) as found, found.scope():
        factories.make_customer(found.workspace, scope.now(), external_id="c-1005", name="Gareth")
        yield found


def test_the_customer_of_the_call_fills_its_place(bound):
    made = ask(bound, support.make_run(bound), NAME, values={"wish": "Call first"})
    (effect,) = proposals.contents.load(proposals.version_of(made.proposal)).effects
    assert effect.arguments["values"] == {
        "wish": "Call first", "contact": "c-1001", "asker": "agent:intake",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["contact", "asker"])
def test_who_asks_cannot_give_it(bound, name):
    run = support.make_run(bound)
    found = ask(bound, run, NAME, values={"wish": "Cancel", name: "c-1001"})
    assert (found.code, found.details) == ("hidden_argument", {"fields": [name]})


def test_without_a_customer_there_is_nothing_to_fill_it_with(bound):
    run = factories.make_run(bound.workspace, release=bound.release)
    session = gate.Session(run.workspace_id, "agent:intake", "CALL-1")
    found = gate.request(
        run, name=NAME, step_key="k", arguments={"values": {"wish": "x"}}, session=session,
        by=bound.agent, at=scope.now(),
    )  # fmt: skip
    assert (found.code, found.details) == ("session_incomplete", {"missing": ["customer"]})


def test_no_edit_touches_it(bound):
    proposal = ask(bound, support.make_run(bound), NAME, values={"wish": "Call first"}).proposal
    content = proposals.contents.load(proposals.version_of(proposal))
    (effect,) = content.effects
    told = {"values": {**effect.arguments["values"], "asker": "person:somebody"}}
    moved = content.model_copy(update={"effects": (effect.model_copy(update={"arguments": told}),)})
    with pytest.raises(Invalid, match="hidden_argument"):
        proposals.edit(proposal, base_version=1, content=moved, by=bound.lena, at=scope.now())


def test_another_customers_record_is_not_named_in_any_value(free):
    run = support.make_run(free)
    found = ask(free, run, NAME, values={"contact": "c-1005", "wish": "Cancel everything"})
    assert (found.status, found.code) == ("denied", "record_of_another_customer")
    made = ask(free, run, NAME, "k2", values={"contact": "c-1001", "wish": "Call first"}).proposal
    content = proposals.contents.load(proposals.version_of(made))
    (effect,) = content.effects
    told = {"values": {**effect.arguments["values"], "contact": "c-1005"}}
    moved = content.model_copy(update={"effects": (effect.model_copy(update={"arguments": told}),)})
    with pytest.raises(NotAllowed, match="record_of_another_customer"):
        proposals.edit(made, base_version=1, content=moved, by=free.lena, at=scope.now())
