"""Numbers are gapless and in commit order; lines are chained, append-only, and free of text."""

import threading

import pytest
from django.db import ProgrammingError, connection, transaction

from runs import chain, ledger, people, scope
from runs.errors import Invalid, NotFound, Superseded
from runs.ids import uuid7
from runs.ledger import Line
from runs.models import Event, Run
from tests import factories
from tests.people import northwind


@pytest.fixture
def house(db):
    return northwind()


@pytest.fixture
def run(house):
    with scope.workspace(house.workspace.id):
        yield factories.make_run(house.workspace)


@pytest.fixture
def by(house):
    return people.system("tests", house.workspace.id)


def note(run, by, seconds=1):
    return ledger.append(
        run.id, "silence.noted", by=by, at=scope.now(), position=0, seconds=seconds
    )


def test_lines_are_numbered_from_one_without_a_gap(run, by):
    written = [note(run, by) for _ in range(3)]
    assert [line.number for line in written] == [2, 3, 4]


def test_a_batch_over_two_runs_numbers_each_by_itself(house, run, by):
    other = factories.make_run(house.workspace, release=run.release)
    body = {"position": 0}
    lines = [Line(one.id, "noise.noted", body) for one in (run, other, run)]
    written = ledger.append_many(lines, by=by, at=scope.now())
    assert [line.number for line in written] == [2, 2, 3]


def test_a_watcher_that_was_away_gets_what_it_missed_in_order(run, by):
    for seconds in range(5):
        note(run, by, seconds)
    missed = ledger.events_after(run.id, 3)
    assert [(line.number, line.body["seconds"]) for line in missed] == [(4, 2), (5, 3), (6, 4)]


def test_the_chain_commits_to_every_line_before(run, by):
    note(run, by)
    head = chain.GENESIS
    for event in Event.objects.filter(run=run).order_by("number"):
        assert bytes(event.digest) == chain.seal(event.payload, bytes(event.salt))
        head = chain.join(head, bytes(event.digest))
        assert bytes(event.hash) == head
    run.refresh_from_db()
    assert bytes(run.head) == head


def test_an_unknown_kind_is_refused(run, by):
    with pytest.raises(Invalid, match="unknown_event_kind"):
        ledger.append(run.id, "turn.invented", by=by, at=scope.now())


def test_a_payload_with_text_beside_its_keys_is_refused(run, by):
    with pytest.raises(Invalid, match="wrong_event_shape"):
        ledger.append(
            run.id, "noise.noted", by=by, at=scope.now(), position=0, text="my card is 4111"
        )


def test_an_owner_whose_fence_moved_on_cannot_write(run, by):
    Run.objects.filter(id=run.id).update(fence=7)
    line = Line(run.id, "noise.noted", {"position": 0})
    with pytest.raises(Superseded) as refused:
        ledger.append_many([line], by=by, at=scope.now(), fences={run.id: 6})
    assert refused.value.details["runs"] == [run.id]
    assert ledger.last_number(run.id) == 1


def test_a_run_that_is_not_there_is_named(house, by):
    with scope.workspace(house.workspace.id), pytest.raises(NotFound):
        ledger.append(uuid7(), "noise.noted", by=by, at=scope.now(), position=0)


def test_no_line_can_be_changed(run):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Event.objects.filter(run=run).update(kind="call.ended")


def test_no_line_can_be_removed(run):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM runs_event")


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_leave_no_gap_and_no_double():
    house = northwind()
    by = people.system("tests", house.workspace.id)
    with scope.workspace(house.workspace.id):
        runs = [factories.make_run(house.workspace)]
        runs.append(factories.make_run(house.workspace, release=runs[0].release))

    def write() -> None:
        for turn in range(25):
            with scope.workspace(house.workspace.id):
                order = runs if turn % 2 else runs[::-1]
                lines = [Line(one.id, "noise.noted", {"position": turn}) for one in order]
                ledger.append_many(lines, by=by, at=scope.now())
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope.workspace(house.workspace.id):
        for one in runs:
            numbers = [line.number for line in ledger.events_after(one.id, 0)]
            assert numbers == list(range(1, 102))
