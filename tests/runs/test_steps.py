"""A step's key is asked once; the second time it answers with what is recorded."""

import pytest

from runs import people, scope, steps
from runs.errors import Conflict
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    house = northwind()
    with scope.workspace(house.workspace.id):
        yield factories.make_run(house.workspace)


def begin(run, **arguments):
    by = people.system("worker", run.workspace_id)
    return steps.begin(
        run, key="summarize_call", name="voice.summarize_call", kind="model",
        arguments=arguments, by=by, at=scope.now(),
    )  # fmt: skip


def finish(step, **result):
    by = people.system("worker", step.workspace_id)
    return steps.finish(step, state="done", result=result, by=by, at=scope.now())


def test_the_second_asking_gets_the_recorded_result(run):
    step, _ = begin(run, call="CALL-1")
    finish(step, version=1)
    again, fresh = begin(run, call="CALL-1")
    assert (fresh, again.result) == (False, {"version": 1})


def test_a_key_cannot_be_used_again_for_something_else(run):
    begin(run, call="CALL-1")
    with pytest.raises(Conflict, match="step_key_reused"):
        begin(run, call="CALL-2")


def test_a_finished_step_keeps_its_result(run):
    step, _ = begin(run)
    finish(step, version=1)
    with pytest.raises(Conflict, match="step_is_over"):
        finish(step, version=2)
