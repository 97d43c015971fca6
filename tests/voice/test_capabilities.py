"""Capabilities through the gate, against a CRM that answers over HTTP."""

import json

import pytest

from approvals import contents, gate, proposals
from approvals.models import Proposal
from runs import people, scope, summaries
from runs.models import Evidence, Promise, Step
from runs.releases import content_of
from tests import factories
from tests.people import northwind
from tests.voice.provider import Provider
from voice import connections, contacts, session_values, tool_types

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


class Desk:
    def __init__(self, provider) -> None:
        self.provider = provider
        self.workspace = northwind().workspace
        self.by = people.agent("Northwind intake", self.workspace.id)

    def begin(self) -> None:
        at = scope.now()
        for kind, base in (("crm", "/crm"), ("mail", "")):
            connections.put(
                self.workspace.id, kind=kind, name=kind, at=at, secret="k",
                base_url=self.provider.url + base,
            )  # fmt: skip
        self.customer = factories.make_customer(self.workspace, at)
        self.run = factories.make_run(self.workspace, at, customer=self.customer)
        self.call = factories.make_call(self.run, factories.make_connection(self.workspace))
        self.content = content_of(self.run.release)
        factories.make_turn(self.call, "agent", "Northwind Heating, how can I help?")
        factories.make_turn(
            self.call, "caller", "I have a new mobile, it's 07700 900452. Text me, please."
        )

    def ask(self, name, arguments, key="k1"):
        return gate.request(
            self.run,
            name=name,
            step_key=key,
            arguments=arguments,
            session=session_values.of_call(self.call, self.run, by=self.by),
            by=self.by,
            at=scope.now(),
        )


@pytest.fixture
def desk(provider):
    desk = Desk(provider)
    with scope.workspace(desk.workspace.id):
        desk.begin()
        yield desk


MOBILE = {"field": "mobile", "value": "07700 900452", "quote": "a new mobile, it's 07700 900452"}
FOLLOW = {"field": "followup_needed", "value": True}


def test_a_wish_stands_beside_what_the_crm_holds_now(desk):
    answer = desk.ask("crm.propose_customer_update", {"changes": [MOBILE], "reason": "New one."})
    assert answer.status == "waiting"
    assert answer.envelope()["proposal"].startswith("wrp://northwind/PRO-")
    version = proposals.version_of(answer.proposal)
    content = contents.load(version)
    (change,) = content.changes
    assert (change.before, change.after) == ("+44 7700 900118", "+447700900452")
    assert version.before == {"mobile": "+44 7700 900118"}
    assert version.before_read_at is not None
    assert Evidence.objects.get(public_id=change.evidence[0]).grade == "stated"
    assert content.effects[0].arguments == {
        "contact_id": "c-1001",
        "changes": {"mobile": "+447700900452"},
    }
    assert (answer.proposal.risk, answer.proposal.role) == ("medium", "support_lead")


def test_a_value_that_the_words_contradict_is_of_high_risk(desk):
    wrong = {**MOBILE, "value": "07700 900459"}
    proposal = desk.ask("crm.propose_customer_update", {"changes": [wrong]}).proposal
    assert (proposal.risk, proposal.rule) == ("high", "contradicts_number")


def test_later_words_for_an_open_field_join_it_as_evidence(desk):
    first = desk.ask("crm.propose_customer_update", {"changes": [MOBILE]})
    factories.make_turn(desk.call, "caller", "Again: 07700 900452.")
    said = {**MOBILE, "quote": "Again: 07700 900452"}
    again = desk.ask("crm.propose_customer_update", {"changes": [said]}, key="k2")
    assert again.proposal.public_id == first.proposal.public_id
    (change,) = contents.load(proposals.version_of(again.proposal)).changes
    assert len(change.evidence) == 2
    third = desk.ask("crm.propose_customer_update", {"changes": [said]}, key="k2")
    assert third.envelope() == again.envelope()


def test_a_title_says_what_changes_of_whom(desk):
    answer = desk.ask("crm.propose_customer_update", {"changes": [FOLLOW, MOBILE]})
    title = contents.load(proposals.version_of(answer.proposal)).title
    assert title == "Change mobile number of Dana Whitfield, note a follow-up"


def test_a_follow_up_brings_a_mail_rendered_now(desk):
    desk.ask("crm.propose_customer_update", {"changes": [FOLLOW, MOBILE]})
    content = contents.load(proposals.version_of(Proposal.objects.get()))
    assert [one.action for one in content.effects] == [
        "crm.update_contact",
        "resend.send_followup_email",
    ]
    mail = content.effects[1].arguments
    assert mail["to"] == "dana.whitfield@brightwater.example"
    assert "Northwind Heating" in mail["text"]
    assert content.changes[0].before is False


def test_the_short_form_of_one_change(desk):
    answer = desk.ask("crm.propose_customer_update", {"field": "followup_needed", "value": True})
    assert answer.status == "waiting"


def test_what_the_record_already_says_is_no_wish(desk):
    same = {"field": "mobile", "value": "+44 7700 900118"}
    answer = desk.ask("crm.propose_customer_update", {"changes": [same]})
    assert answer.status == "done"
    assert answer.result["changed"] is False
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"field": "mobile", "value": "not a number"}, "bad_value"),
        ({"field": "email", "value": "nowhere"}, "bad_value"),
        ({"field": "followup_needed", "value": "yes"}, "bad_value"),
        ({"field": "followup_needed", "value": None}, "bad_value"),
        ({"field": "credit_limit", "value": 9000}, "invalid_arguments"),
        ({"field": "mobile", "value": "07700 900452", "contact_id": "c-1002"}, "invalid_arguments"),
    ],
)
def test_a_wish_that_cannot_be_is_denied(desk, change, code):
    answer = desk.ask("crm.propose_customer_update", {"changes": [change]})
    assert (answer.status, answer.code) == ("denied", code)
    assert Step.objects.get().state == "denied"


def test_the_same_field_twice_is_denied(desk):
    answer = desk.ask("crm.propose_customer_update", {"changes": [MOBILE, MOBILE]})
    assert answer.code == "field_named_twice"


def test_a_crm_that_is_away_leaves_before_unknown_and_says_so(desk):
    connections.put(
        desk.workspace.id, kind="crm", name="crm", at=scope.now(), base_url="http://127.0.0.1:9"
    )
    answer = desk.ask("crm.propose_customer_update", {"changes": [MOBILE]})
    version = proposals.version_of(answer.proposal)
    assert (version.before, version.before_read_at) == ({}, None)


def test_an_unknown_caller_has_no_record_to_change(desk):
    desk.run.customer = desk.call.customer = None
    answer = desk.ask("crm.propose_customer_update", {"changes": [MOBILE]})
    assert answer.code == "session_incomplete"


def test_an_account_question_leaves_evidence_and_keeps_notes_inside(desk):
    answer = desk.ask("voice.answer_account_question", {"question": "Which address do you have?"})
    assert answer.result["account"]["address"] == "14 Alder Row, Stockport SK4 2HQ"
    assert "notes" not in answer.result["account"]
    proof = Evidence.objects.get()
    assert (proof.source, proof.grade, proof.reference) == ("system", "system", "c-1001")


def test_a_task_is_kept_among_the_promises_once(desk):
    task = {"title": "Send the price list", "due": "tomorrow", "quote": "Text me, please"}
    answer = desk.ask("support.create_followup_task", task)
    desk.ask("support.create_followup_task", task, key="k2")
    promise = Promise.objects.get()
    assert str(promise.id) == answer.result["task"]
    assert (promise.kind, promise.due, promise.evidence.grade) == ("task", "tomorrow", "stated")


def test_a_summary_that_is_not_there_yet(desk):
    answer = desk.ask("voice.summarize_call", {"call_id": desk.call.public_id})
    assert (answer.status, answer.code) == ("denied", "summary_not_ready")


def test_the_summary_of_this_call_only(desk):
    section = summaries.Section(key="reason", source="agent", sentences=[])
    summaries.draft(desk.run, sections=[section], by=desk.by, at=scope.now())
    answer = desk.ask("voice.summarize_call", {})
    assert answer.result["version"] == 1
    other = desk.ask("voice.summarize_call", {"call_id": "CALL-00000000"}, key="k2")
    assert other.code == "other_call"


def test_a_tool_reads_the_crm_before_it_locks_anything(desk, monkeypatch):
    reads = []
    real = contacts.read

    def watched(customer, content):
        reads.append(Step.objects.count())
        return real(customer, content)

    monkeypatch.setattr(contacts, "read", watched)
    answer = tool_types.run(
        "crm__propose_customer_update",
        json.dumps({"changes": [MOBILE], "reason": "New number"}),
        call=desk.call,
        run=desk.run,
        content=desk.content,
        call_id="call_1",
        position=2048,
        by=desk.by,
        at=scope.now(),
    )
    assert reads == [0]
    assert answer.output["status"] == "pending_approval"
    assert answer.output["proposal"].startswith("wrp://")
    again = tool_types.run(
        "crm__propose_customer_update", "{}", call=desk.call, run=desk.run, content=desk.content,
        call_id="call_1", position=2048, by=desk.by, at=scope.now(),
    )  # fmt: skip
    assert again.output["status"] == "pending_approval"
    assert again.output["proposal"] == answer.output["proposal"]
    assert Proposal.objects.count() == 1
