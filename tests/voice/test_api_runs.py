"""Starting a run over the API: one call, one run, however often it is asked for."""

import json

import pytest

from approvals.models import Proposal
from runs import scope
from runs.models import Run, Workflow
from tests import factories
from tests.people import harbor, northwind
from tests.runs.test_api import Machine, check_problem
from tests.voice.provider import Provider
from voice import connections

pytestmark = pytest.mark.django_db

START = {
    "workflow": "voice.customer_call_flow",
    "input": {"call_id": "CALL-7001", "channel": "voice"},
    "customer": {"external_id": "c-1001"},
}


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def machine(provider):
    made = Machine(northwind())
    with scope.workspace(made.workspace.id):
        at = scope.now()
        factories.make_release(made.workspace, at)
        factories.make_customer(made.workspace, at)
        connections.put(
            made.workspace.id, kind="crm", name="crm", at=at, secret="k",
            base_url=provider.url + "/crm",
        )  # fmt: skip
    return made


def test_the_way_of_an_sdk_start_summarise_propose(machine):
    started = machine.post("voice/runs", START)
    assert started.status_code == 201, started.content
    run_id = started.json()["id"]
    capability = f"voice/runs/{run_id}/capabilities"
    summary = machine.post(
        f"{capability}/voice.summarize_call",
        {"step_key": "summarize_call", "arguments": {"call_id": "CALL-7001"}},
    )
    check_problem(summary, 409, "summary_not_ready")
    change = machine.post(
        f"{capability}/crm.propose_customer_update",
        {
            "step_key": "propose_crm_update",
            "mode": "propose_only",
            "arguments": {"field": "followup_needed", "value": True},
        },
    )
    assert change.status_code == 202, change.content
    body = machine.get(f"runs/{run_id}").json()
    assert body["customer"]["name"] == "Dana Whitfield"
    (proposal,) = body["proposals"]
    assert (proposal["state"], proposal["risk"]) == ("made", "medium")
    assert proposal["handle"] == change.json()["proposal"]
    with scope.workspace(machine.workspace.id):
        assert Proposal.objects.get().customer.external_id == "c-1001"


def test_asked_twice_there_is_one_run(machine):
    first, again = machine.post("voice/runs", START), machine.post("voice/runs", START)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    with scope.workspace(machine.workspace.id):
        assert Run.objects.count() == 1


def test_a_call_that_is_ours_has_its_run_already(machine):
    with scope.workspace(machine.workspace.id):
        release = Workflow.objects.get().current
        run = factories.make_run(machine.workspace, release=release)
        call = factories.make_call(
            run, factories.make_connection(machine.workspace), external_id="PBX-1"
        )
    for name in (call.public_id, "PBX-1"):
        answer = machine.post("voice/runs", {**START, "input": {"call_id": name}})
        assert (answer.status_code, answer.json()["id"]) == (200, run.public_id)


def test_the_same_id_in_another_workspace_is_another_call(machine):
    machine.post("voice/runs", START)
    other = Machine(harbor())
    answer = other.post("voice/runs", START)
    check_problem(answer, 422, "unknown_workflow")
    with scope.workspace(other.workspace.id):
        factories.make_release(other.workspace, scope.now())
    check_problem(other.post("voice/runs", START), 422, "unknown_customer")
    plain = {key: one for key, one in START.items() if key != "customer"}
    assert other.post("voice/runs", plain).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"workflow": ""},
        {"workflow": 7},
        {"input": {}},
        {"input": {"call_id": "x", "tenant_id": "harbor"}},
        {"input": {"call_id": "x" * 121}},
        {"principal": "admin"},
        {"customer": {"external_id": ""}},
        {"title": "x" * 201},
    ],
)
def test_a_bad_start_is_told_where(machine, change):
    body = check_problem(machine.post("voice/runs", {**START, **change}), 422, "invalid")
    assert body["errors"]
    with scope.workspace(machine.workspace.id):
        assert not Run.objects.exists()


def test_reading_an_address_that_only_takes_posts(machine):
    check_problem(machine.get("voice/runs"), 405, "method_not_allowed")


def test_who_may_not_start_is_told_so(machine):
    from runs.api import keys

    with scope.workspace(machine.workspace.id):
        _, machine.text = keys.make(
            machine.workspace.id, name="r", roles=["operator"], by=machine.admin, at=scope.now()
        )
    check_problem(machine.post("voice/runs", START), 403, "needs_role")
    assert json.dumps(machine.get("runs").json())
