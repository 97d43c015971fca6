"""Invariants: silent on a database that was written by the rules, loud on one that was not."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from runs import invariants, ledger, outcomes, people, scope
from runs.models import FieldValue, Run
from tests import factories
from tests.people import harbor, northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    harbor()
    house = northwind()
    with scope.workspace(house.workspace.id):
        run = factories.make_run(house.workspace)
        by = people.system("tests", house.workspace.id)
        for position in range(3):
            ledger.append(run.id, "noise.noted", by=by, at=scope.now(), position=position)
        for value in ("a", "b"):
            outcomes.capture(
                run, objective=factories.OBJECTIVE, key="problem", value=value, grade="stated",
                evidence=None, by=by, at=scope.now(),
            )  # fmt: skip
        call = factories.make_call(run, factories.make_connection(house.workspace))
        factories.make_turn(call, "caller", "Hello.")
    return run


def broken():
    return {breach.invariant.name for breach in invariants.check()}


def test_what_the_rules_write_breaks_nothing(run, capsys):
    assert broken() == set()
    call_command("check_invariants")
    assert "invariants hold" in capsys.readouterr().out


def test_every_app_has_its_say_and_every_query_runs():
    names = {one.name for one in invariants.every()}
    assert {"numbers are gapless", "approved means queued", "quotes were heard"} <= names
    assert "runs_evidence.run stays inside" in names
    assert len(names) == len(invariants.every()) > 40


def test_a_number_that_was_skipped(run, capsys):
    with scope.workspace(run.workspace_id):
        Run.objects.filter(id=run.id).update(last_number=99)
    assert "numbers are gapless" in broken()
    with pytest.raises(CommandError, match="rows break"):
        call_command("check_invariants")
    assert run.public_id in capsys.readouterr().out


def test_a_head_that_is_not_the_last_line(run):
    with scope.workspace(run.workspace_id):
        Run.objects.filter(id=run.id).update(head=bytes(32))
    assert "the head is the last line" in broken()


def test_a_version_that_was_lost(run):
    with scope.workspace(run.workspace_id):
        FieldValue.objects.filter(version=1).update(version=5)
    assert "fields have versions" in broken()


def test_a_line_that_was_written_past_the_ledger(run):
    with scope.workspace(run.workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO runs_event (workspace_id, run_id, number, kind, at, by, payload, digest, hash)"
            " SELECT workspace_id, run_id, number + 1, kind, at, by, payload, digest, digest"
            " FROM runs_event ORDER BY number DESC LIMIT 1"
        )
        Run.objects.filter(id=run.id).update(last_number=99)
    assert {"numbers are gapless", "links hold"} <= broken()
