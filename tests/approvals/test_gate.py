"""The model may only ask: lists, session, arguments, budget and policy are checked here, in one door."""

import uuid

import pytest
from pydantic import BaseModel, ConfigDict, Field

from approvals import capabilities, gate, proposals
from approvals.capabilities import capability
from approvals.models import OutboxEntry, Proposal
from runs import releases, scope
from runs.models import Step
from tests.approvals import support
from tests.factories import CONTENT

NAME = "support.create_followup_task"
calls: list[capabilities.Invocation] = []


class Task(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=80)
    urgent: bool = False
    owner: str = Field(default="nobody", json_schema_extra={"hidden": True})


@pytest.fixture
def task(monkeypatch):
    """A capability behind a name that the workflow allows."""
    monkeypatch.setattr(capabilities, "_known", dict(capabilities._known))
    capabilities._known.pop(NAME, None)
    calls.clear()

    @capability(NAME, Arguments=Task)
    def create_task(invocation):
        calls.append(invocation)
        return {"title": invocation.arguments.title, "owner": invocation.arguments.owner}


@pytest.fixture
def run(office, task):
    with office.scope():
        yield support.make_run(office)


def session(run, **values):
    known = {
        "workspace_id": run.workspace_id,
        "principal": "agent:intake",
        "call_id": "CALL-7001",
        "customer_id": str(run.customer_id),
        **values,
    }
    return gate.Session(**known)


def ask(office, run, name=NAME, key="k1", arguments=None, **options):
    return gate.request(
        run, name=name, step_key=key, arguments=arguments or {"title": "Call back"},
        session=options.pop("session", session(run)), by=office.agent, at=scope.now(), **options,
    )  # fmt: skip


def test_what_the_workflow_allows_is_done_and_recorded(office, run):
    answer = ask(office, run)
    assert isinstance(answer, gate.Done)
    envelope = answer.envelope()
    assert envelope["result"]["title"] == "Call back"
    assert envelope["run"] == f"agent-run://{office.workspace.slug}/{run.public_id}"
    step = Step.objects.get(run=run, step_key="k1")
    assert (step.state, step.name, step.result["status"]) == ("done", NAME, "done")


def test_asked_again_with_the_same_key_it_answers_with_the_record(office, run):
    first, second = ask(office, run), ask(office, run)
    assert first.result == second.result
    assert len(calls) == 1


def test_a_key_used_for_something_else_is_denied(office, run):
    ask(office, run)
    answer = ask(office, run, arguments={"title": "Something else"})
    assert answer.code == "step_key_reused"
    assert len(calls) == 1
    kept = Step.objects.get(run=run, state="denied")
    assert (kept.name, kept.arguments) == (NAME, {"title": "Something else"})
    assert kept.result["code"] == "step_key_reused"
    assert ask(office, run).result["title"] == "Call back"


@pytest.mark.parametrize("name", ["crm.delete_contact", "os.system", "", "x" * 500, "crm.*"])
def test_a_name_outside_the_workflow_is_denied(office, run, name):
    answer = ask(office, run, name=name)
    assert answer.code == "not_in_workflow"
    assert Step.objects.get(run=run, step_key="k1").state == "denied"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"title": 7}, "title"),
        ({"title": "x", "urgent": "yes"}, "urgent"),
        ({"title": "x", "extra": 1}, "extra"),
        ({"urgent": True}, "title"),
        ({"title": "x" * 81}, "title"),
    ],
)
def test_arguments_have_exactly_their_shape(office, run, arguments, field):
    answer = ask(office, run, arguments=arguments)
    assert answer.code == "invalid_arguments"
    assert answer.details["errors"][0]["field"] == field
    assert not calls


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"title": "a\0b"}, "arguments_not_text"),
        ({"title": "\ud800"}, "arguments_not_text"),
        ({"title": float("nan")}, "arguments_not_json"),
        ({"title": object()}, "arguments_not_json"),
        ({"title": "x" * 20_000}, "arguments_too_large"),
    ],
)
def test_what_no_column_can_hold_is_denied_and_recorded(office, run, arguments, code):
    assert ask(office, run, arguments=arguments).code == code
    assert Step.objects.get(run=run, step_key="k1").state == "denied"


def test_a_hidden_field_is_ours_to_fill(office, run):
    answer = ask(office, run, arguments={"title": "x", "owner": "attacker"})
    assert (answer.code, answer.details["fields"]) == ("hidden_argument", ["owner"])
    assert "owner" not in capabilities.schema(Task)["properties"]
    assert ask(office, run, key="k2").result["owner"] == "nobody"


def test_session_values_cannot_be_sent_as_arguments(office, run):
    arguments = {"title": "x", "workspace_id": str(uuid.uuid4()), "customer_id": "c-1"}
    assert ask(office, run, arguments=arguments).code == "invalid_arguments"
    assert not calls


@pytest.mark.parametrize("missing", ["principal", "call_id", "customer_id"])
def test_a_session_without_a_required_value_is_denied(office, run, missing):
    answer = ask(office, run, session=session(run, **{missing: ""}))
    assert (answer.code, answer.details["missing"]) == ("session_incomplete", [missing])


def test_a_session_of_somebody_else_is_denied(office, run):
    other = session(run, workspace_id=uuid.uuid4())
    assert ask(office, run, session=other).code == "session_of_another_workspace"
    other = session(run, customer_id=str(uuid.uuid4()))
    assert ask(office, run, key="k2", session=other).code == "session_of_another_customer"


def test_a_run_has_a_budget(office, run):
    answers = [ask(office, run, key=f"k{i}") for i in range(gate.BUDGET + 5)]
    assert len(calls) == gate.BUDGET
    assert {one.code for one in answers[gate.BUDGET :]} == {"budget_spent"}


def test_a_capability_that_is_not_there_is_denied(office, run):
    assert ask(office, run, name="voice.summarize_call").code in (
        "not_available",
        "invalid_arguments",
    )


def test_a_refusal_inside_is_an_answer(office, run, monkeypatch):
    from runs.errors import Conflict

    def refuses(invocation):
        raise Conflict("closed_today", at=invocation.at)

    known = capabilities.Capability(NAME, refuses, Task, False, "tool")
    monkeypatch.setitem(capabilities._known, NAME, known)
    assert ask(office, run).code == "closed_today"


UPDATE = {"contact_id": "c-1001", "changes": {"mobile": support.NEW_MOBILE}}


def test_an_effect_asked_for_directly_waits_for_a_person(office, run):
    answer = ask(office, run, name="crm.update_contact", arguments=UPDATE)
    assert isinstance(answer, gate.Waiting)
    assert (answer.proposal.risk, answer.proposal.rule) == ("medium", "contact_data")
    assert answer.envelope()["proposal"].startswith(f"wrp://{office.workspace.slug}/PRO-")
    assert Step.objects.get(run=run, step_key="k1").state == "waiting"
    assert not OutboxEntry.objects.exists()
    again = ask(office, run, name="crm.update_contact", arguments=UPDATE)
    assert again.proposal.id == answer.proposal.id
    assert Proposal.objects.filter(run=run).count() == 1


def test_an_effect_with_wrong_arguments_is_denied(office, run):
    answer = ask(office, run, name="crm.update_contact", arguments={"contact_id": "../x"})
    assert answer.code == "bad_action_arguments"
    named = [(one["field"], one["code"]) for one in answer.details["errors"]]
    assert ("contact_id", "string_pattern_mismatch") in named
    assert "../x" not in str(answer.details)


def free(content):
    """A policy that lets notes through by itself."""
    rule = releases.RiskRule(
        key="notes", words="Notes", action="crm.update_contact", field="notes", risk="low", role=""
    )
    return content.model_copy(update={"policy": releases.Policy(rules=(rule,))})


NOTE = {"contact_id": "c-1001", "changes": {"notes": "Rings twice"}}


@pytest.fixture
def free_office(committed_db, calm, task):
    made = support.open_office(calm.url, content=free(CONTENT))
    with support.closing(made) as found, found.scope():
        yield found


def test_what_policy_allows_by_itself_is_queued_under_its_rule(free_office):
    run = support.make_run(free_office)
    words = {"notes": [support.said(run)]}
    answer = ask(free_office, run, name="crm.update_contact", arguments=NOTE, evidence=words)
    assert isinstance(answer, gate.Queued)
    assert (answer.entry.policy_rule, answer.entry.approval) == ("notes", None)
    again = ask(free_office, run, name="crm.update_contact", arguments=NOTE, evidence=words)
    assert again.entry.id == answer.entry.id
    assert OutboxEntry.objects.count() == 1


def test_in_a_call_that_only_proposes_even_that_waits(free_office):
    run = support.make_run(free_office)
    answer = ask(
        free_office, run, name="crm.update_contact", arguments=NOTE, mode="propose_only",
        evidence={"notes": [support.said(run)]},
    )  # fmt: skip
    assert isinstance(answer, gate.Waiting)


def test_a_decided_wish_closes_its_step(office, run):
    answer = ask(office, run, name="crm.update_contact", arguments=UPDATE)
    version = proposals.version_of(answer.proposal)
    proposals.reject(
        answer.proposal, version=1, digest=bytes(version.digest), reason_code="not_wanted",
        by=office.lena, at=scope.now(),
    )  # fmt: skip
    assert Step.objects.get(run=run, step_key="k1").state == "denied"
