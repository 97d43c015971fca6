"""A receiver that can only be asked afterwards: what was in doubt is looked up, then sent or not."""

from datetime import timedelta

import pytest

from approvals import action_types, claims, sweeps
from approvals.contents import Content, Effect
from approvals.models import Attempt, OutboxEntry
from runs import releases, scope
from tests import factories
from tests.approvals import support
from voice import connections

WORKFLOW = factories.CONTENT.workflow.model_copy(
    update={"external_actions": (*factories.CONTENT.workflow.external_actions, "tasks.create")}
)
TASKS = releases.ActionConfig(key="tasks.create", type="create_task", connection="tasks")
WITH_TASKS = factories.CONTENT.model_copy(
    update={"workflow": WORKFLOW, "actions": (*factories.CONTENT.actions, TASKS)}
)


@pytest.fixture
def entry(committed_db, calm, monkeypatch):
    """An approved task that is due."""
    monkeypatch.setattr(type(action_types.get("create_task")), "settle", timedelta(seconds=30))
    calm.misbehave("tasks", "ok")
    with support.closing(support.open_office(calm.url, WITH_TASKS)) as office:
        with office.scope():
            address = f"{calm.url}/tasks"
            connections.put(
                office.workspace.id, kind="tasks", name="tasks", base_url=address,
                secret="sk-test", at=scope.now(),
            )  # fmt: skip
            effect = Effect(action="tasks.create", arguments={"title": "Call Dana back"})
            wish = Content(effects=(effect,), title="Task: call Dana back")
            proposal = support.propose(office, wish=wish)
            support.approve(office, proposal)
            (made,) = support.entries(proposal)
        yield office, made


def after(office, made):
    with office.scope():
        return OutboxEntry.objects.get(id=made.id)


def verdicts(office, made):
    with office.scope():
        found = Attempt.objects.filter(entry=made).order_by("number")
        return [attempt.verdict for attempt in found]


def test_a_lost_answer_waits_until_the_receiver_has_settled(entry, calm):
    office, made = entry
    calm.misbehave("tasks", "reset_after")
    support.send(seconds=1.0)
    made = after(office, made)
    assert (made.state, made.reason) == ("reconcile", "connection_lost")
    with office.scope():
        assert (made.available_at - scope.now()).total_seconds() > 20


def test_an_effect_that_is_found_is_not_sent_again(entry, calm):
    office, made = entry
    calm.misbehave("tasks", "reset_after", times=1)
    support.send(seconds=1.0)
    support.make_due(office)
    support.send()
    made = after(office, made)
    assert (made.state, made.result["found"]) == ("succeeded", True)
    assert calm.effects("tasks", made) == calm.requests("tasks", made) == 1


def test_an_effect_that_is_surely_absent_is_sent_under_the_same_reference(entry, calm):
    office, made = entry
    calm.misbehave("tasks", "reset_before", times=1)
    support.send(seconds=1.0)
    support.make_due(office)
    support.send()
    assert after(office, made).state == "succeeded"
    assert verdicts(office, made) == ["absent", "done"]
    assert (calm.effects("tasks", made), calm.requests("tasks", made)) == (1, 2)


def test_a_receiver_that_cannot_tell_is_asked_later(entry, calm):
    office, made = entry
    calm.misbehave("tasks", "reset_after", times=1)
    support.send(seconds=1.0)
    calm.misbehave("tasks", "5xx", reads=True)
    support.make_due(office)
    support.send(seconds=1.0)
    made = after(office, made)
    assert (made.state, made.attempts) == ("reconcile", 2)
    assert calm.effects("tasks", made) == 1


def test_a_worker_lost_on_the_wire_leaves_a_look_up(entry, calm):
    office, made = entry
    (taken,) = claims.claim(10, worker="dead")
    assert claims.mark_wires([taken]) == [True]
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    assert after(office, made).state == "reconcile"
    support.make_due(office)
    support.send()
    assert after(office, made).state == "succeeded"
    assert calm.effects("tasks", made) == 1


def test_past_its_time_it_is_looked_up_but_not_sent(entry, calm):
    office, made = entry
    calm.misbehave("tasks", "reset_before", times=1)
    support.send(seconds=1.0)
    support.make_due(office)
    with office.scope():
        ahead = made.execute_by - scope.now() + timedelta(seconds=5)
    with support.clock(ahead):
        (taken,) = claims.claim(10, worker="late")
    assert (taken.too_late, taken.doubtful) == (True, True)


def test_a_doubt_that_nobody_could_end_is_for_a_person(entry, calm):
    office, made = entry
    calm.misbehave("tasks", "reset_after", times=1)
    support.send(seconds=1.0)
    with support.clock(timedelta(hours=26)):
        assert claims.claim(10, worker="late") == []
        sweeps.sweep()
    made = after(office, made)
    assert (made.state, made.reason) == ("unknown", "expired_unexecuted")
