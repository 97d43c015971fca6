"""Tools of the model: recorded once, denied with a code, never an exception."""

import json

import pytest

from runs import outcomes, people, scope
from runs.models import Event, Evidence, Step
from runs.releases import content_of
from tests import factories
from tests.people import northwind
from voice import tool_types
from voice.models import Call

pytestmark = pytest.mark.django_db


class Desk:
    """A call in Northwind with a caller's words, and a way to call tools."""

    def __init__(self) -> None:
        self.house = northwind()
        self.workspace = self.house.workspace
        self.by = people.agent("Northwind intake", self.workspace.id)
        self.calls = 0

    def begin(self) -> None:
        at = scope.now()
        customer = factories.make_customer(self.workspace, at)
        self.run = factories.make_run(self.workspace, at, customer=customer)
        self.call = factories.make_call(self.run, factories.make_connection(self.workspace))
        self.content = content_of(self.run.release)
        factories.make_turn(self.call, "agent", "Northwind Heating, how can I help?")
        self.turn = factories.make_turn(
            self.call, "caller", "Our boiler failed its inspection. Text me, please."
        )

    def ask(self, name, arguments, call_id=None):
        self.calls += 1
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return tool_types.run(
            name,
            text,
            call=self.call,
            run=self.run,
            content=self.content,
            call_id=call_id or f"call_{self.calls}",
            position=self.turn.position,
            by=self.by,
            at=scope.now(),
        )

    def kinds(self):
        events = Event.objects.filter(run=self.run).order_by("number")
        return list(events.values_list("kind", flat=True))


@pytest.fixture
def desk():
    desk = Desk()
    with scope.workspace(desk.workspace.id):
        desk.begin()
        yield desk


PROBLEM = {
    "field": "problem",
    "value": "Boiler failed its inspection",
    "quote": "our boiler failed its inspection",
    "grade": "stated",
}


def test_schemas_offer_the_built_in_tools_and_each_allowed_capability(desk):
    offered = {one["name"]: one for one in tool_types.schemas(desk.content)}
    assert list(offered) == [
        "voice__answer_account_question",
        "support__create_followup_task",
        "crm__propose_customer_update",
        "end_dialog",
        "receive_dtmf",
        "record_field",
        "request_handoff",
    ]
    fields = offered["record_field"]["parameters"]["properties"]["field"]["enum"]
    assert fields[0] == "problem"
    for one in offered.values():
        assert one["parameters"]["additionalProperties"] is False
        assert one["description"]


def test_record_field_captures_the_value_with_its_place_in_the_turn(desk):
    answer = desk.ask("record_field", PROBLEM)
    assert answer.output["status"] == "done"
    assert answer.output["state"] == "captured"
    assert "problem" not in answer.output["missing"]
    assert answer.output["evidence"].startswith("evidence://northwind/EVD-")
    found = Evidence.objects.get()
    assert (found.turn_id, found.start, found.end) == (desk.turn.id, 0, 32)
    value = outcomes.current([desk.run.id])[desk.run.id]["problem"]
    assert value.evidence_id == found.id
    assert desk.kinds()[-6:] == [
        "tool.called",
        "step.started",
        "evidence.attached",
        "field.captured",
        "step.finished",
        "tool.answered",
    ]


def test_the_same_call_id_is_answered_from_the_record(desk):
    first = desk.ask("record_field", PROBLEM, "call_x")
    before = desk.kinds()
    again = desk.ask("record_field", {**PROBLEM, "value": "Something else"}, "call_x")
    assert again == first
    assert desk.kinds() == before


def test_a_quote_that_nobody_said_leaves_the_value_unsure(desk):
    answer = desk.ask("record_field", {**PROBLEM, "quote": "the roof is leaking"})
    assert (answer.output["state"], answer.output["grade"]) == ("unsure", "unverified")
    assert "Read" in answer.output["say"]


def test_the_agents_own_words_are_no_proof_of_what_the_caller_said(desk):
    answer = desk.ask("record_field", {**PROBLEM, "quote": "how can I help"})
    assert answer.output["grade"] == "unverified"


def test_unheard_words_are_no_proof(desk):
    factories.make_turn(
        desk.call, "agent", "You want a text message, right?", state="cut", heard_chars=8
    )
    wish = {"field": "preferred_follow_up", "value": "sms", "grade": "read_back"}
    answer = desk.ask("record_field", {**wish, "quote": "a text message, right"})
    assert answer.output["grade"] == "unverified"


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("record_field", "{not json", "bad_json"),
        ("record_field", "[]", "bad_arguments"),
        ("record_field", '{"field": NaN}', "bad_json"),
        ("record_field", '{"field": "\\ud800"}', "bad_json"),
        ("record_field", '{"field": "\\u0000"}', "bad_arguments"),
        ("record_field", '{"x": "' + "y" * 20000 + '"}', "arguments_too_long"),
        ("record_field", "[" * 15000, "bad_json"),
        ("record_field", {**PROBLEM, "field": "shoe_size"}, "unknown_field"),
        ("record_field", {**PROBLEM, "field": "budget_signal"}, "bad_value"),
        ("record_field", {**PROBLEM, "grade": "certain"}, "bad_arguments"),
        ("record_field", {**PROBLEM, "extra": 1}, "bad_arguments"),
        ("end_dialog", {"reason": "bored"}, "bad_arguments"),
        ("delete_everything", {}, "tool_not_allowed"),
        ("voice__summarize_call", {}, "tool_not_allowed"),
        ("crm__propose_customer_update", {"changes": []}, "invalid_arguments"),
    ],
)
def test_what_the_model_gets_wrong_is_denied_with_a_code(desk, name, arguments, code):
    answer = desk.ask(name, arguments)
    assert (answer.output["status"], answer.output["code"]) == ("denied", code)
    assert answer.effects == []
    assert desk.kinds()[-1] == "tool.denied"
    assert Step.objects.get().state == "denied"


def test_a_bad_option_is_told_which_ones_there_are(desk):
    answer = desk.ask("record_field", {**PROBLEM, "field": "budget_signal"})
    assert answer.output["options"] == ["unknown", "low", "medium", "high"]


def test_the_budget_of_a_call_ends(desk, monkeypatch):
    monkeypatch.setattr(tool_types, "MAX_CALLS", 1)
    assert desk.ask("record_field", PROBLEM).output["status"] == "done"
    assert desk.ask("record_field", PROBLEM).output["code"] == "tool_budget_spent"


def test_end_dialog_asks_for_the_hang_up(desk):
    answer = desk.ask("end_dialog", {"reason": "completed"})
    assert answer.effects == ["hangup"]
    assert "problem" in answer.output["missing"]


def test_request_handoff_brings_the_call_to_the_attention_of_people(desk):
    answer = desk.ask("request_handoff", {"reason": "The caller asks for a person."})
    assert answer.effects == ["handoff"]
    assert Call.objects.get().attention == "handoff"
    assert "handoff.requested" in desk.kinds()


def test_a_fault_of_ours_does_not_end_the_call(desk, monkeypatch):
    def broken(*args, **kwargs):
        raise KeyError("ours")

    monkeypatch.setattr(outcomes, "missing_fields", broken)
    answer = desk.ask("record_field", PROBLEM)
    assert answer.output == {"status": "denied", "code": "tool_failed"}
