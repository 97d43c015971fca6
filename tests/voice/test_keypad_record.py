"""What stays of keys: a step, a field with the keys as its evidence, and never more than may be kept."""

import json

import pytest

from runs import outcomes, scope
from runs.models import Event, FieldValue, Step
from runs.redaction import Part
from tests.voice.test_tools import Desk
from voice import keypad_record, withdrawal
from voice.keypad_record import Typed
from voice.switchboard.loading import _collection

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    desk = Desk()
    with scope.workspace(desk.workspace.id):
        desk.begin()
        yield desk


def keep(desk: Desk, **changes: object) -> Step:
    typed = {
        "call_id": "call_1",
        "field": "problem",
        "sensitivity": "plain",
        "ended": "complete",
        "count": 5,
        "kept": "40718",
        "matches": None,
        **changes,
    }
    return keypad_record.keep(desk.run, desk.content, Typed(**typed), by=desk.by, at=scope.now())


def test_the_tool_says_that_keys_are_collected_and_asks_for_no_less_care_than_declared(desk):
    answer = desk.ask("receive_dtmf", {"field": "problem", "sensitivity": "plain"})
    assert (answer.output["status"], answer.output["sensitivity"]) == ("collecting", "masked")
    assert answer.effects == ["collect"]


def test_the_tool_refuses_what_is_no_name(desk):
    assert desk.ask("receive_dtmf", {"field": "Card Number!"}).denied
    assert desk.ask("receive_dtmf", {"field": "pin", "length": 400}).denied


def test_plain_digits_fill_their_field_with_the_keys_as_evidence(desk):
    step = keep(desk)
    value = outcomes.current([desk.run.id])[desk.run.id]["problem"]
    assert (value.value, value.grade, value.evidence.system) == ("40718", "system", "keypad")
    assert value.evidence.reference == str(step.id)


def test_told_twice_the_first_result_stays(desk):
    keep(desk)
    keep(desk, kept="99", count=2)
    assert Step.objects.get(run=desk.run, kind="keypad").result["kept"] == "40718"
    assert FieldValue.objects.filter(run=desk.run).count() == 1


def test_a_secret_and_a_part_of_a_number_fill_nothing(desk):
    keep(desk, sensitivity="secret", kept="", matches=True)
    keep(desk, call_id="call_2", ended="partial", kept="40", count=2)
    assert not FieldValue.objects.filter(run=desk.run).exists()


def test_a_new_owner_goes_on_collecting_what_nobody_has_typed_yet(desk):
    desk.ask("receive_dtmf", {"field": "reference", "length": 5}, call_id="call_9")
    found = _collection(keypad_record.waiting(desk.run))
    assert (found.call_id, found.field, found.length, found.digits) == (
        "call_9",
        "reference",
        5,
        "",
    )
    keep(desk, call_id="call_9", field="reference", sensitivity="masked", kept="5 keys ••18")
    assert keypad_record.waiting(desk.run) is None
    assert [(one.count, one.ending) for one in keypad_record.masked(desk.run)] == [(5, "18")]


def test_a_late_number_leaves_fields_steps_and_claims_as_well(desk):
    given = {
        "field": "problem",
        "value": "card 4111 1111",
        "quote": "four one one one",
        "grade": "stated",
    }
    assert not desk.ask("record_field", given).denied
    part = Part("card", "4111111111111111")
    changed = withdrawal.take_out(desk.run, [part])
    assert [what for what, _ in changed] == ["field", "step", "evidence"]
    rows = list(Step.objects.filter(run=desk.run).values("arguments", "result"))
    rows += list(FieldValue.objects.filter(run=desk.run).values("value"))
    stored = json.dumps(rows, ensure_ascii=False)
    assert "card ⟦card⟧" in stored
    assert "4111" not in stored
    assert withdrawal.take_out(desk.run, [part]) == []


def test_other_numbers_of_a_run_stay(desk):
    given = {
        "field": "problem",
        "value": "14 Alder Row, code 2233, 111",
        "quote": "boiler",
        "grade": "stated",
    }
    desk.ask("record_field", given)
    assert withdrawal.take_out(desk.run, [Part("card", "4111111111111111")]) == []


def test_whoever_lost_the_call_changes_nothing_with_a_tool(desk):
    from runs.errors import Superseded
    from runs.models import Run
    from voice import tool_types

    Run.objects.filter(id=desk.run.id).update(fence=2)
    before = Event.objects.filter(run=desk.run).count()
    with pytest.raises(Superseded):
        tool_types.run(
            *(
                "record_field",
                json.dumps(
                    {"field": "problem", "value": "x", "quote": "boiler", "grade": "stated"}
                ),
            ),
            call=desk.call,
            run=desk.run,
            content=desk.content,
            call_id="call_s",
            position=1,
            by=desk.by,
            at=scope.now(),
            fence=1,
        )
    assert Event.objects.filter(run=desk.run).count() == before
    assert not Step.objects.filter(run=desk.run, step_key="tool:call_s").exists()
