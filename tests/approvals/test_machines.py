"""Random walks through proposals and the outbox, with a model beside the rows: after every step both agree.

MACHINE_STEPS=5000 makes the walk long; the matrix of transitions is printed either way.
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.approvals import machine_known, machine_of_outbox, machine_of_proposals, support
from tests.chaos.actions import PostNote
from tests.chaos.stage import content_for_chaos
from voice import connections

STEPS = int(os.environ.get("MACHINE_STEPS", "300"))
WALK = 50
LONG = 5000


def walk(machine, capsys):
    machine.seen, machine.said, machine.steps = Counter(), Counter(), 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(1, STEPS // WALK), stateful_step_count=WALK, deadline=None,
            derandomize=True, database=None, suppress_health_check=list(HealthCheck),
            # Each step commits: a violation is told as found, not walked a thousand times.
            phases=(Phase.generate,),
        ),
    )  # fmt: skip
    with capsys.disabled():
        print(f"\n{machine.__name__}: {machine.steps} steps, 0 violations")
        for (before, after), times in sorted(machine.seen.items()):
            print(f"  {before:>10} -> {after:<10} {times}")
        for verb in sorted({verb for verb, _answer in machine.said}):
            told = {answer: n for (one, answer), n in machine.said.items() if one == verb}
            print(f"  {verb}: {', '.join(f'{answer} {told[answer]}' for answer in sorted(told))}")
    assert machine.seen.keys() <= machine.transitions
    answers = {(verb, one) for verb, told in machine.answers.items() for one in told.split()}
    assert machine.said.keys() <= answers
    # A short walk does not come everywhere; a long one must.
    if STEPS >= LONG:
        assert not machine.transitions - machine.seen.keys(), "never walked"
        assert not answers - machine.said.keys() - machine.rare, "never answered"


def test_proposals_walk_only_where_they_may(committed_db, calm, capsys):
    content = machine_known.content()
    with support.closing(support.open_office(calm.url, content=content)) as office:
        machine = machine_of_proposals.Proposals
        machine.office = office
        walk(machine, capsys)


@pytest.fixture
def noted(committed_db, calm):
    assert PostNote.name
    with support.closing(support.open_office(calm.url, content=content_for_chaos())) as office:
        with office.scope():
            at = support.scope.now()
            for name in ("records", "notes", "tickets"):
                connections.put(
                    office.workspace.id,
                    kind="mail",
                    name=name,
                    base_url=calm.url,
                    secret="s",
                    at=at,
                )
        yield office


def test_entries_walk_only_where_they_may(noted, capsys):
    machine = machine_of_outbox.Entries
    machine.office = noted
    walk(machine, capsys)
