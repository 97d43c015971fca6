"""The digest of a run's graph: blind for ids and times, not for anything that was said or decided."""

import pytest

from runs import executions, outcomes, people, replay, scope, steps
from runs.replay import Said
from tests import factories
from tests import people as makers

SAID = [Said("agent", "final", "Hello."), Said("caller", "final", "It is 3 Quarry Terrace.")]
pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = makers.make_workspace("northwind", "Northwind Heating")
    with scope.workspace(workspace.id):
        yield workspace


def play(release, place="3 Quarry Terrace", tool="record_field"):
    at = scope.now()
    by = people.system("tests", release.workspace_id)
    run = executions.start(release, title="Project intake", by=by, at=at)
    step, _ = steps.begin(
        run, key=f"tool:{run.id}", name=tool, kind="tool", arguments={"v": place}, by=by, at=at
    )
    steps.finish(step, state="done", result={"run": str(run.id)}, by=by, at=at)
    key = factories.OBJECTIVE.fields[0].key
    known = {"objective": factories.OBJECTIVE, "key": key, "grade": "stated", "evidence": None}
    outcomes.capture(run, value=place, by=by, at=at, **known)
    return run


def test_two_plays_of_one_call_have_one_digest(workspace):
    release = factories.make_release(workspace, scope.now())
    first, second = play(release), play(release)
    assert replay.graph(first, SAID) == replay.graph(second, SAID)
    assert replay.digest(first, SAID) == replay.digest(second, SAID)


@pytest.mark.parametrize("change", ["words", "order", "value", "tool", "end"])
def test_another_call_has_another_digest(workspace, change):
    release = factories.make_release(workspace, scope.now())
    run, said = play(release), SAID
    if change == "words":
        other, said = run, [SAID[0], Said("caller", "final", "It is 4 Quarry Terrace.")]
    elif change == "order":
        other, said = run, SAID[::-1]
    elif change == "value":
        other = play(release, place="4 Quarry Terrace")
    elif change == "tool":
        other = play(release, tool="end_dialog")
    else:
        other = play(release)
        by, at = people.system("tests", workspace.id), scope.now()
        executions.fail(other, code="caller_gone", by=by, at=at)
    assert replay.digest(other, said) != replay.digest(run, SAID)
