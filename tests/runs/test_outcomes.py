"""Fields are captured in versions; completeness comes from what was captured."""

import pytest

from runs import outcomes, people, scope
from runs.errors import Conflict, Invalid, NotAllowed
from runs.models import FieldValue
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db
OBJECTIVE = factories.OBJECTIVE


@pytest.fixture
def house():
    return northwind()


@pytest.fixture
def run(house):
    with scope.workspace(house.workspace.id):
        yield factories.make_run(house.workspace)


def capture(run, key, value, grade="stated"):
    by = people.agent("intake", run.workspace_id)
    return outcomes.capture(
        run, objective=OBJECTIVE, key=key, value=value, grade=grade, evidence=None,
        by=by, at=scope.now(),
    )  # fmt: skip


def statuses(run):
    known = outcomes.current([run.id])[run.id]
    return {row.field.key: row.status for row in outcomes.panel(OBJECTIVE, known)}


def test_a_new_value_is_a_new_version_and_the_old_one_stays(run):
    capture(run, "deadline", "2 December")
    capture(run, "deadline", "4 December")
    kept = FieldValue.objects.filter(run=run, key="deadline").order_by("version")
    assert [one.value for one in kept] == ["2 December", "4 December"]


def test_the_same_value_again_adds_nothing(run):
    capture(run, "problem", "Boiler fails")
    assert capture(run, "problem", "Boiler fails").version == 1


def test_a_field_of_no_objective_is_refused(run):
    with pytest.raises(Invalid, match="unknown_field"):
        capture(run, "shoe_size", 44)


def test_a_value_outside_the_options_is_refused(run):
    with pytest.raises(Invalid, match="bad_value"):
        capture(run, "budget_signal", "enormous")


def test_what_was_only_inferred_is_unsure(run):
    capture(run, "budget_signal", "high", grade="inferred")
    assert statuses(run)["budget_signal"] == "unsure"


def test_a_critical_field_is_unsure_until_it_was_read_back(run):
    capture(run, "preferred_follow_up", "sms")
    before = statuses(run)["preferred_follow_up"]
    capture(run, "preferred_follow_up", "sms", grade="read_back")
    assert (before, statuses(run)["preferred_follow_up"]) == ("unsure", "captured")


def test_null_means_the_caller_declined(run):
    capture(run, "company", None)
    assert statuses(run)["company"] == "declined"


def test_the_panel_shows_what_is_missing_in_the_objectives_order(run):
    capture(run, "location", "118 Calder St")
    known = outcomes.current([run.id])[run.id]
    missing = outcomes.missing_fields(OBJECTIVE, known)
    assert missing == ["problem", "deadline", "budget_signal", "preferred_follow_up"]


def test_olive_corrects_a_value(house, run):
    capture(run, "location", "118 Calder St")
    outcomes.correct(
        run, objective=OBJECTIVE, key="location", value="181 Calder St",
        by=house.actor("olive"), at=scope.now(),
    )  # fmt: skip
    assert outcomes.current([run.id])[run.id]["location"].value == "181 Calder St"


def test_adam_may_not_correct_fields(house, run):
    with pytest.raises(NotAllowed):
        outcomes.correct(
            run, objective=OBJECTIVE, key="location", value="x",
            by=house.actor("adam"), at=scope.now(),
        )  # fmt: skip


def test_a_value_can_be_confirmed_once(house, run):
    capture(run, "budget_signal", "high", grade="inferred")
    outcomes.confirm(run, key="budget_signal", by=house.actor("olive"), at=scope.now())
    with pytest.raises(Conflict):
        outcomes.confirm(run, key="budget_signal", by=house.actor("olive"), at=scope.now())


def test_an_outcome_is_complete_only_when_nothing_required_is_missing(run):
    for field in OBJECTIVE.fields:
        if field.required and field.key != "deadline":
            capture(run, field.key, (field.options or ("said",))[0], grade="read_back")
    made = outcomes.record(
        run, objective=OBJECTIVE, end_reason="caller_hung_up", next_action="human_review",
        by=people.system("worker", run.workspace_id), at=scope.now(),
    )  # fmt: skip
    assert (made.complete, made.missing) == (False, ["deadline"])
