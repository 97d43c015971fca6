"""A task is put on a list once, under our reference, and can be looked up by it."""

import asyncio
import uuid

import pytest

from approvals import action_types, wire
from approvals.action_types import ActionFailed
from tests.approvals import support
from tests.voice.sending import at, fails, run

TASK = {"title": "Ring Dana Whitfield", "due_on": "2026-11-27", "contact_id": "c-1001"}


@pytest.fixture(scope="module")
def receivers():
    with support.running() as found:
        yield found


def post(receivers, how=run, **options):
    config = {"queue": "callbacks"}
    url = f"{receivers.url}/tasks"
    return how(url, "create_task", TASK, kind="tasks", config=config, **options)


def look_up(url, key, secret="sk"):
    kind = action_types.get("create_task")

    async def go():
        async with wire.client() as client:
            return await kind.look_up(client, at(url, "tasks", secret), None, None, key=key)

    return asyncio.run(go())


def test_a_task_bears_our_reference(receivers):
    key = uuid.uuid4()
    done = post(receivers, key=key)
    (ticket,) = [t for t in receivers.judge()["tasks"]["held"] if t["reference"] == str(key)]
    assert (ticket["id"], ticket["queue"]) == (done.reference, "callbacks")
    assert "assignee" not in ticket


def test_a_task_is_found_by_our_reference(receivers):
    key = uuid.uuid4()
    receivers.misbehave("tasks", "reset_after")
    assert post(receivers, fails, key=key).verdict == "ambiguous"
    found = look_up(f"{receivers.url}/tasks", key)
    assert found.reference.startswith("T-")
    assert found.data == {"found": True}


def test_a_task_that_never_arrived_is_not_found(receivers):
    key = uuid.uuid4()
    receivers.misbehave("tasks", "reset_before")
    assert post(receivers, fails, key=key).verdict == "ambiguous"
    assert look_up(f"{receivers.url}/tasks", key) is None


def test_a_look_up_that_fails_is_no_no(receivers):
    receivers.misbehave("tasks", "5xx", reads=True)
    with pytest.raises(ActionFailed) as failed:
        look_up(f"{receivers.url}/tasks", uuid.uuid4())
    assert failed.value.verdict == "not_accepted"


def test_an_answer_that_says_nothing_is_no_no(receivers):
    with pytest.raises(ActionFailed) as failed:
        look_up(f"{receivers.url}/sink", uuid.uuid4())
    assert (failed.value.verdict, failed.value.code) == ("not_accepted", "answer_not_understood")


@pytest.mark.parametrize("due", ["27.11.2026", "2026-13-01", "2026-11-32"])
def test_a_date_that_is_none_is_refused(due):
    kind = action_types.get("create_task")
    with pytest.raises(ValueError):
        action_types.parse(kind.Arguments, {**TASK, "due_on": due})
