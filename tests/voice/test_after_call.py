"""The work after a call, against a provider that answers over HTTP: facts first, each step once."""

import json

import pytest

from approvals import contents, proposals
from approvals.models import Proposal
from runs import executions, people, scope, summaries
from runs.models import Event, Evidence, FieldValue, Outcome, Promise, Step
from runs.releases import content_of
from tests import factories
from tests.people import northwind
from tests.voice.answers import OUTCOME, SUMMARY, TALK, VERDICT
from tests.voice.provider import Provider
from tests.voice.text_model import Raw, Refusal, Status, TextModel
from voice import after_call, citing, connections, due_calls, facts, intake
from voice.models import Call

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def model():
    with TextModel(call_outcome=OUTCOME, call_summary=SUMMARY, call_verdict=VERDICT) as model:
        yield model


@pytest.fixture
def call(provider, request):
    """A call that has ended, its work due. With `model` in the test, that one is asked."""
    asked = provider.url
    if "model" in request.fixturenames:
        asked = request.getfixturevalue("model").url
    workspace = northwind().workspace
    with scope.workspace(workspace.id):
        at = scope.now()
        for kind, base in (("crm", "/crm"), ("mail", "")):
            connections.put(
                workspace.id, kind=kind, name=kind, at=at, secret="k", base_url=provider.url + base
            )
        line = connections.put(
            workspace.id, kind="realtime", name="line", at=at, secret="sk-demo",
            base_url=asked + "/v1",
        )  # fmt: skip
        customer = factories.make_customer(workspace, at)
        run = factories.make_run(workspace, at, customer=customer)
        made = factories.make_call(
            run, line, at, state="ended", end_reason="caller_hung_up", after_call_at=at
        )
        for speaker, words in TALK:
            factories.make_turn(made, speaker, words)
        executions.finish_call(run.id)
    return made


@pytest.fixture
def inside(call):
    with scope.workspace(call.workspace_id):
        yield call


def work(call, times=1):
    for _ in range(times):
        with scope.workspace(call.workspace_id):
            Call.objects.filter(id=call.id).update(after_call_at=scope.now())
        after_call.run(call.workspace_id, call.id)
    call.refresh_from_db()
    return call


def kinds(call):
    return list(
        Event.objects.filter(run=call.run_id).order_by("number").values_list("kind", flat=True)
    )


def values(call):
    rows = FieldValue.objects.filter(run=call.run_id).order_by("version")
    return {row.key: (row.value, row.grade, row.state) for row in rows}


def result(call, key):
    return Step.objects.get(run=call.run_id, step_key=key).result


def test_each_entry_stands_or_falls_by_itself(inside, model):
    work(inside)
    assert values(inside) == {
        "problem": ("Our boiler failed", "stated", "captured"),
        "location": ("14 Alder Row, Stockport", "inferred", "unsure"),
        "preferred_follow_up": ("sms", "inferred", "unsure"),
    }
    told = result(inside, "after:outcome")
    assert told["repaired"] == ["location"]
    assert told["unsupported"] == ["deadline", "budget_signal", "promise", "promise"]
    assert told["malformed"] == 1
    assert json.loads(told["answer"]) == OUTCOME


def test_a_promise_counts_where_the_caller_heard_it_from_us(inside, model):
    work(inside)
    promise = Promise.objects.get()
    assert (promise.kind, promise.due) == ("email", "today")
    assert promise.evidence.turn_id is not None


def test_sentences_without_heard_words_are_kept_and_marked(inside, model):
    work(inside)
    summary = summaries.latest(inside.run)
    reason = summaries.sections_of(summary)[0]
    assert [len(one.evidence) for one in reason.sentences] == [1, 0, 0]
    assert summaries.unsupported(summaries.sections_of(summary)) == [("reason", 1), ("reason", 2)]
    assert result(inside, "after:summary")["repaired"] == ["reason"]


def test_complete_is_what_was_captured_never_what_a_model_says(inside, model):
    work(inside)
    first, second = Outcome.objects.order_by("version")
    assert not first.complete
    assert first.missing == ["deadline", "budget_signal"]
    assert (first.end_reason, first.next_action) == ("caller_hung_up", "send_followup")
    assert (second.verdict, second.next_action) == ("qualified", "send_followup")


def test_a_recommended_follow_up_becomes_a_proposal_beside_the_crm(inside, model):
    work(inside)
    proposal = Proposal.objects.get()
    version = proposals.version_of(proposal)
    content = contents.load(version)
    assert content.changes[0].field == "followup_needed"
    assert version.before == {"followup_needed": False}
    mail = content.effects[1].arguments
    assert "E-mail the papers" in mail["text"]
    assert proposal.state == "pending"
    inside.run.refresh_from_db()
    assert inside.run.state == "completed"
    assert kinds(inside)[-1] == "run.completed"
    assert inside.after_call_done_at is not None


def test_asked_again_nothing_is_done_twice(inside, model):
    work(inside)
    before = kinds(inside)
    assert after_call.run(inside.workspace_id, inside.id) is False
    Call.objects.filter(id=inside.id).update(after_call_done_at=None)
    work(inside)
    assert kinds(inside) == before
    assert len(model.asked) == 3


def test_a_worker_that_died_between_the_steps_leaves_the_rest_to_the_next(
    inside, model, monkeypatch
):
    monkeypatch.setattr(facts, "draft_summary", _dies)
    with pytest.raises(RuntimeError):
        work(inside)
    assert Step.objects.get(step_key="after:summary").state == "running"
    monkeypatch.undo()
    work(inside)
    assert [one.name for one in model.asked].count("call_outcome") == 1
    assert Outcome.objects.count() == 2
    assert kinds(inside)[-1] == "run.completed"


def _dies(*args, **kwargs):
    raise RuntimeError("killed")


def test_a_model_that_is_away_is_asked_again_later_and_not_for_ever(inside, model):
    for name in model.answers:
        model.answers[name] = Status(503)
    work(inside)
    assert inside.after_call_at > scope.now()
    assert not Outcome.objects.exists()
    work(inside, times=due_calls.MOST_TRIES - 1)
    assert Outcome.objects.get().next_action == "human_review"
    assert Step.objects.get(step_key="after:outcome").state == "failed"
    assert summaries.latest(inside.run).version == 1
    inside.run.refresh_from_db()
    assert inside.run.state == "completed"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Refusal("I can't help with that."), "refused"),
        (Status(401, "invalid_api_key"), "invalid_api_key"),
    ],
)
def test_a_refusal_is_final_and_the_facts_stand_alone(inside, model, answer, code):
    model.answers["call_outcome"] = answer
    work(inside)
    step = Step.objects.get(step_key="after:outcome")
    assert (step.state, step.result["code"]) == ("failed", code)
    assert Outcome.objects.order_by("version").first().next_action == "human_review"
    assert summaries.latest(inside.run).version == 1
    assert not Proposal.objects.exists()


def test_an_answer_that_is_no_json_is_tried_again(inside, model):
    model.answers["call_outcome"] = Raw('{"fields": [')
    work(inside)
    assert not Outcome.objects.exists()
    assert inside.after_call_done_at is None


@pytest.mark.parametrize("junk", [{}, {"fields": 3, "promises": {"a": 1}}, {"fields": [None, []]}])
def test_an_answer_of_another_shape_loses_nothing_but_itself(inside, model, junk):
    model.answers["call_outcome"] = junk
    model.answers["call_verdict"] = {"verdict": "splendid", "reasons": 4}
    work(inside)
    assert Outcome.objects.get().next_action == "human_review"
    assert summaries.latest(inside.run) is not None
    assert inside.after_call_done_at is not None


def test_what_was_captured_in_the_call_is_not_overwritten_and_a_contradiction_is_said(
    inside, model
):
    intake.record_field(
        inside.run, inside, content_of(inside.run.release), key="preferred_follow_up",
        value="phone", quote="Text me, please", grade="read_back",
        by=people.agent("a", inside.workspace_id), at=scope.now(),
    )  # fmt: skip
    work(inside)
    assert values(inside)["preferred_follow_up"] == ("phone", "read_back", "captured")
    assert result(inside, "after:outcome")["disagrees"] == ["preferred_follow_up"]
    assert Outcome.objects.first().next_action == "human_review"


def test_a_raised_trigger_decides_over_the_advice(inside, model):
    turn = factories.make_turn(inside, "caller", "Promise me a price under two hundred.")
    intake.turn_final(
        inside.run, inside, turn, content_of(inside.run.release),
        by=people.system("recorder", inside.workspace_id), at=scope.now(),
    )  # fmt: skip
    work(inside)
    outcome = Outcome.objects.first()
    assert (outcome.next_action, outcome.escalation_reason) == (
        "human_review",
        "pricing_commitment",
    )
    assert not Proposal.objects.exists()


def test_words_after_a_cut_are_not_shown_to_the_model_and_prove_nothing(inside, model):
    turn = citing.heard_of(inside).lines[2].turn
    turn.state, turn.heard_chars = "cut", 10
    turn.save()
    work(inside)
    assert "e-mail" not in model.asked[0].transcript
    assert "T3 agent: Thank you.\n" in model.asked[0].transcript
    assert not Promise.objects.exists()


def test_a_caller_who_said_nothing_is_no_answer_without_asking_any_model(inside, model):
    inside.run.refresh_from_db()
    for line in citing.heard_of(inside).lines:
        if line.turn.speaker == "caller":
            line.turn.text = ""
            line.turn.save()
    work(inside)
    assert model.asked == []
    assert Outcome.objects.order_by("-version").first().verdict == "no_answer"
    assert inside.after_call_done_at is not None


def test_a_long_answer_time_is_cut_into_slices(inside, model, monkeypatch):
    monkeypatch.setattr(due_calls, "SLICE_S", -1.0)
    work(inside)
    assert model.asked == []
    assert inside.after_call_tries == 0
    assert inside.after_call_at <= scope.now()


def test_a_fault_of_ours_ends_after_its_tries(inside, model, monkeypatch):
    monkeypatch.setattr(facts, "record_outcome", _dies)
    for _ in range(due_calls.MOST_TRIES + 1):
        with pytest.raises(RuntimeError):
            work(inside)
    work(inside)
    inside.run.refresh_from_db()
    assert inside.run.state == "failed"
    assert inside.after_call_done_at is not None


def test_a_connection_that_does_not_open_leaves_the_facts(inside, model):
    line = inside.connection
    line.secret = bytes(40)
    line.save()
    work(inside)
    assert Step.objects.get(step_key="after:outcome").result["code"] == "secret_does_not_open"
    assert inside.after_call_done_at is not None


def test_the_model_is_told_the_call_and_keeps_nothing(inside, model):
    work(inside)
    assert model.bodies[0]["store"] is False
    assert model.bodies[0]["metadata"] == {"call": inside.provider_call_id}
    assert model.bodies[0]["text"]["format"]["strict"] is True


def test_due_work_is_found_without_knowing_the_workspace(call):
    assert (call.workspace_id, call.id) in due_calls.due(call.after_call_at)


def test_the_providers_own_answers_over_the_wire(inside):
    work(inside)
    assert Step.objects.get(step_key="after:verdict").state == "done"
    assert result(inside, "after:outcome")["response"].startswith("resp_")
    assert Evidence.objects.filter(source="turn").exists()
    assert inside.after_call_done_at is not None


def test_a_refusal_over_the_wire(inside, provider):
    provider.post("/_sim/switches", {"refuse_answers": True})
    try:
        work(inside)
    finally:
        provider.post("/_sim/switches", {"refuse_answers": False})
    assert Step.objects.get(step_key="after:outcome").result["code"] == "refused"
