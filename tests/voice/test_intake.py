"""Intake: quotes that wait for their turn, triggers in what callers say, limits in what agents say."""

import json

import pytest

from runs import outcomes, people, releases, scope
from runs.models import Event, Evidence
from runs.releases import content_of
from tests import factories
from tests.people import northwind
from voice import intake

pytestmark = pytest.mark.django_db

CONTENT = factories.CONTENT.model_copy(
    update={
        "objective": factories.OBJECTIVE.model_copy(
            update={
                "disallowed": (
                    releases.Topic(key="price", label="Quote a price", patterns=(r"£\s?\d",)),
                ),
                "triggers": (
                    *factories.OBJECTIVE.triggers,
                    releases.Trigger(
                        key="asks_for_person", label="A person", patterns=(r"(?i)\breal person\b",)
                    ),
                ),
            }
        )
    }
)


@pytest.fixture
def call():
    house = northwind()
    with scope.workspace(house.workspace.id):
        at = scope.now()
        release = factories.make_release(house.workspace, at, CONTENT)
        run = factories.make_run(house.workspace, at, release=release)
        yield factories.make_call(run, factories.make_connection(house.workspace))


def finish(call, turn):
    by = people.system("recorder", call.workspace_id)
    content = content_of(call.run.release)
    intake.turn_final(call.run, call, turn, content, by=by, at=scope.now())


def record(call, **fields):
    known = {"key": "problem", "value": "No heat", "quote": "no heat at all", "grade": "stated"}
    return intake.record_field(
        call.run,
        call,
        content_of(call.run.release),
        by=people.agent("a", call.workspace_id),
        at=scope.now(),
        **(known | fields),
    )


def raised(call):
    events = Event.objects.filter(run=call.run, kind="escalation.raised").order_by("number")
    return [json.loads(event.payload)["body"] for event in events]


def test_a_quote_is_verified_when_its_turn_is_final(call):
    turn = factories.make_turn(call, "caller", "", state="reserved", version=0)
    value = record(call)
    assert (value.state, value.grade) == ("unsure", "unverified")
    turn.text, turn.state, turn.version = "We have no heat at all, since Monday.", "final", 1
    turn.save()
    finish(call, turn)
    now = outcomes.current([call.run_id])[call.run_id]["problem"]
    assert (now.state, now.grade, now.version) == ("captured", "stated", 2)
    proof = Evidence.objects.get()
    assert turn.text[proof.start : proof.end] == "no heat at all"


def test_a_second_look_at_the_same_turn_adds_nothing(call):
    turn = factories.make_turn(call, "caller", "Can I have a real person? No heat at all.")
    record(call)
    finish(call, turn)
    before = Event.objects.filter(run=call.run).count()
    finish(call, turn)
    assert Event.objects.filter(run=call.run).count() == before


def test_words_of_another_turn_never_verify_it(call):
    record(call)
    finish(call, factories.make_turn(call, "caller", "It is far too hot."))
    assert outcomes.current([call.run_id])[call.run_id]["problem"].grade == "unverified"


def test_a_caller_who_asks_for_a_person_brings_the_call_up(call):
    turn = factories.make_turn(call, "caller", "I want a REAL person, please.")
    finish(call, turn)
    assert raised(call) == [
        {"trigger": "asks_for_person", "position": turn.position, "turn": str(turn.id)}
    ]
    call.refresh_from_db()
    assert call.attention == "asks_for_person"
    assert call.attention_at is not None


def test_two_triggers_in_one_sentence_and_a_second_one_later(call):
    finish(call, factories.make_turn(call, "caller", "Promise a price, or get a real person."))
    finish(call, factories.make_turn(call, "caller", "A real person, I said."))
    assert [one["trigger"] for one in raised(call)] == [
        "pricing_commitment",
        "asks_for_person",
        "asks_for_person",
    ]
    assert intake.raised_triggers(call.run) == ["pricing_commitment", "asks_for_person"]


def test_the_same_words_from_the_agent_are_no_trigger(call):
    finish(call, factories.make_turn(call, "agent", "I am no real person."))
    assert raised(call) == []


def test_an_agent_that_quotes_a_price_is_caught(call):
    finish(call, factories.make_turn(call, "agent", "That would be £250 plus parts."))
    assert [one["trigger"] for one in raised(call)] == ["disallowed:price"]


def test_what_the_caller_did_not_hear_is_no_breach(call):
    turn = factories.make_turn(
        call, "agent", "Let me see. That would be £250.", state="cut", heard_chars=11
    )
    finish(call, turn)
    assert raised(call) == []


def test_the_clock_of_attention_starts_with_the_first_reason(call):
    finish(call, factories.make_turn(call, "caller", "A real person!"))
    call.refresh_from_db()
    first = call.attention_at
    finish(call, factories.make_turn(call, "caller", "Confirm the price!"))
    call.refresh_from_db()
    assert (call.attention, call.attention_at) == ("pricing_commitment", first)


def test_a_pattern_that_would_hang_others_is_linear(call):
    text = "a" * 20000 + "!"
    turn = factories.make_turn(call, "caller", text)
    content = CONTENT.model_copy(
        update={
            "objective": CONTENT.objective.model_copy(
                update={"triggers": (releases.Trigger(key="k", label="L", patterns=(r"(a+)+$",)),)}
            )
        }
    )
    intake.turn_final(
        call.run, call, turn, content, by=people.system("x", call.workspace_id), at=scope.now()
    )
    assert raised(call) == []
