"""The API of calls: list, one, transcript, and asking the gate."""

import json

import pytest

from approvals.models import Proposal
from runs import outcomes, people, scope, summaries
from runs.models import AuditEntry, Step
from tests import factories
from tests.people import harbor, northwind
from tests.runs.test_api import Machine, check_problem
from tests.voice.provider import Provider
from voice import connections

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def machine():
    return Machine(northwind())


@pytest.fixture
def call(machine):
    workspace = machine.workspace
    with scope.workspace(workspace.id):
        at = scope.now()
        run = factories.make_run(workspace, at, customer=factories.make_customer(workspace, at))
        made = factories.make_call(
            run, factories.make_connection(workspace), external_id="PBX-77",
            variables={"campaign": "autumn"},
        )  # fmt: skip
        factories.make_turn(made, "agent", "Northwind Heating, hello.")
        factories.make_turn(made, "caller", "My boiler is broken.")
        factories.make_turn(made, "agent", "I am sorry to hear that.", state="cut", heard_chars=10)
    return made


def by(machine):
    return people.system("tests", machine.workspace.id)


def test_the_list_of_calls_masks_numbers_for_who_may_not_see_them(machine, call):
    (one,) = machine.get("voice/calls").json()["data"]
    assert one["id"] == call.public_id
    assert one["caller"] == {"number": "…118", "name": "Dana Whitfield"}
    assert one["customer"]["external_id"] == "c-1001"
    lead = machine.with_roles("support_lead")
    assert lead.get("voice/calls").json()["data"][0]["caller"]["number"] == "+447700900118"


def test_a_call_is_found_by_our_id_and_by_the_one_of_the_caller_s_system(machine, call):
    for name in (call.public_id, "PBX-77"):
        assert machine.get(f"voice/calls/{name}").json()["variables"] == {"campaign": "autumn"}


def test_filters_by_the_newest_outcome(machine, call):
    with scope.workspace(machine.workspace.id):
        for verdict in ("unqualified", "qualified"):
            outcomes.record(
                call.run, objective=factories.OBJECTIVE, end_reason="x", verdict=verdict,
                next_action="human_review", by=by(machine), at=scope.now(),
            )  # fmt: skip

    def found(**query):
        return len(machine.get("voice/calls", **query).json()["data"])

    assert found(outcome="qualified") == 1
    assert found(outcome="unqualified") == 0
    assert found(outcome="incomplete") == 1
    assert found(outcome="complete") == 0
    assert found(state="ringing", external_id="PBX-77") == 1
    assert found(state="live") == 0
    assert found(to="2001-01-01") == 0
    assert found(**{"from": "2001-01-01"}) == 1
    check_problem(machine.get("voice/calls", outcome="splendid"), 422, "invalid")


def test_one_call_with_summary_and_promises(machine, call):
    with scope.workspace(machine.workspace.id):
        summaries.draft(
            call.run,
            sections=[
                summaries.Section(
                    key="reason", source="agent:x", sentences=[summaries.Sentence(text="Broken.")]
                )
            ],
            by=by(machine),
            at=scope.now(),
        )
    body = machine.get(f"voice/calls/{call.public_id}").json()
    assert body["summary"]["sections"][0]["sentences"] == [{"text": "Broken.", "evidence": []}]
    assert body["promises"] == body["fields"] == []
    assert body["run"].startswith("agent-run://northwind/RUN-")


def test_the_transcript_tells_what_was_heard(machine, call):
    body = machine.get(f"voice/calls/{call.public_id}/transcript").json()
    assert [one["speaker"] for one in body["data"]] == ["agent", "caller", "agent"]
    cut = body["data"][2]
    assert (cut["text"], cut["heard"]) == ("I am sorry to hear that.", "I am sorry")
    assert body["next_after"] is None
    first = machine.get(f"voice/calls/{call.public_id}/transcript", limit=2).json()
    rest = machine.get(f"voice/calls/{call.public_id}/transcript", after=first["next_after"]).json()
    assert [one["id"] for one in (*first["data"], *rest["data"])] == [
        one["id"] for one in body["data"]
    ]


def test_a_call_of_another_workspace_is_not_there(machine, call):
    other = Machine(harbor())
    assert other.get("voice/calls").json()["data"] == []
    for path in (
        f"voice/calls/{call.public_id}",
        "voice/calls/PBX-77",
        f"voice/calls/{call.public_id}/transcript",
    ):
        check_problem(other.get(path), 404, "not_found")
    path = f"voice/runs/{call.run.public_id}/capabilities/voice.summarize_call"
    check_problem(other.post(path, {"step_key": "s"}), 404, "not_found")


class Gate:
    def __init__(self, machine, call):
        self.machine, self.run = machine, call.run

    def ask(self, name, **body):
        path = f"voice/runs/{self.run.public_id}/capabilities/{name}"
        return self.machine.post(path, {"step_key": "s1", **body})


@pytest.fixture
def gate(machine, call, provider):
    with scope.workspace(machine.workspace.id):
        connections.put(
            machine.workspace.id, kind="crm", name="crm", at=scope.now(), secret="k",
            base_url=provider.url + "/crm",
        )  # fmt: skip
    return Gate(machine, call)


def test_a_proposal_from_the_api_and_the_same_again(gate):
    wish = {"arguments": {"field": "followup_needed", "value": True}, "mode": "propose_only"}
    first = gate.ask("crm.propose_customer_update", **wish)
    assert first.status_code == 202, first.content
    assert first.json()["proposal"].startswith("wrp://northwind/PRO-")
    again = gate.ask("crm.propose_customer_update", **wish)
    assert again.json() == first.json()
    with scope.workspace(gate.machine.workspace.id):
        assert Proposal.objects.count() == 1
    other = {"field": "followup_needed", "value": False}
    answer = gate.ask("crm.propose_customer_update", arguments=other)
    check_problem(answer, 409, "step_key_reused")


def test_session_values_cannot_be_sent(gate):
    for extra in ("session", "customer_id", "call_id"):
        answer = gate.ask("voice.summarize_call", **{extra: "c-1002"})
        body = check_problem(answer, 422, "invalid")
        assert body["errors"][0]["field"] == extra
    assert refused(gate) == [("voice.summarize_call", "invalid")] * 3
    wish = {"field": "followup_needed", "value": True, "customer_id": "c-1002"}
    answer = gate.ask("crm.propose_customer_update", arguments=wish)
    assert check_problem(answer, 422, "invalid_arguments")["errors"]


def refused(gate):
    """What the audit keeps of requests that never came to the gate."""
    with scope.workspace(gate.machine.workspace.id):
        rows = AuditEntry.objects.filter(action="run.refused", object=gate.run.public_id)
        told = [json.loads(one.payload)["is"] for one in rows.order_by("number")]
    return [(one["verb"], one["code"]) for one in told]


def test_what_the_workflow_does_not_allow_is_refused_and_recorded(gate):
    check_problem(gate.ask("crm.delete_customer"), 403, "not_in_workflow")
    with scope.workspace(gate.machine.workspace.id):
        assert Step.objects.get().state == "denied"


def test_a_summary_that_is_not_ready_can_be_asked_for_again(gate):
    check_problem(gate.ask("voice.summarize_call"), 409, "summary_not_ready")
    assert refused(gate) == [("voice.summarize_call", "summary_not_ready")]
    with scope.workspace(gate.machine.workspace.id):
        assert not Step.objects.exists()
        section = summaries.Section(key="reason", source="agent:x", sentences=[])
        summaries.draft(gate.run, sections=[section], by=by(gate.machine), at=scope.now())
    answer = gate.ask("voice.summarize_call")
    assert answer.json()["result"]["version"] == 1
    plain = gate.ask("voice.summarize_call", step_key="s2", response_envelope=False)
    assert plain.json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"[]", 422, "not_an_object"),
        (b"{}", 422, "invalid"),
        (b'{"step_key": ""}', 422, "invalid"),
        (b'{"step_key": "a b"}', 422, "invalid"),
        (b'{"step_key": 7}', 422, "invalid"),
        (b'{"step_key": "s", "mode": "auto"}', 422, "invalid"),
        (b'{"step_key": "s", "arguments": []}', 422, "invalid"),
        (b"[" * 5000, 400, "bad_json"),
        (b'{"step_key": "' + b"x" * 300_000 + b'"}', 413, "body_too_large"),
    ],
)
def test_bad_bodies_are_told_what_is_wrong(gate, body, status, code):
    path = f"voice/runs/{gate.run.public_id}/capabilities/voice.summarize_call"
    check_problem(gate.machine.post(path, body), status, code)
    with scope.workspace(gate.machine.workspace.id):
        assert not Step.objects.exists()


def test_another_kind_of_body(gate):
    path = f"voice/runs/{gate.run.public_id}/capabilities/voice.summarize_call"
    answer = gate.machine.post(path, "a=1", "application/x-www-form-urlencoded")
    check_problem(answer, 415, "unsupported_media_type")


def test_a_role_that_only_reads_may_not_ask(gate):
    reader = gate.machine.with_roles("auditor")
    gate.machine = reader
    check_problem(gate.ask("voice.summarize_call"), 403, "needs_role")
    assert json.dumps(reader.get("voice/calls").json())
