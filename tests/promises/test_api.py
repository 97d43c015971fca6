"""Promises for machines: the list, done, dismissed, opened again."""

import pytest

from tests.people import harbor
from tests.promises.owing import WORDS, fresh, owe
from tests.runs.test_api import Machine, check_problem


@pytest.fixture
def machine(scene):
    return Machine(scene.house, "operator")


def test_the_list_says_what_stands_behind_each(scene, machine):
    promise = owe(scene, due="tomorrow", quoted=True)
    (one,) = machine.get("promises").json()["data"]
    assert (one["id"], one["text"], one["state"]) == (str(promise.id), WORDS, "unbacked")
    assert (one["due"], one["overdue"], one["needs_somebody"]) == ("tomorrow", False, True)
    assert one["evidence"].startswith(f"evidence://{scene.slug}/EVD-")
    assert one["customer"]["external_id"] == "c-1001"


def test_pages_by_cursor(scene, machine):
    for number in range(3):
        owe(scene, f"Letter number {number}")
    first = machine.get("promises", limit=2).json()
    second = machine.get("promises", limit=2, cursor=first["next_cursor"]).json()
    found = [one["text"] for one in first["data"] + second["data"]]
    assert found == ["Letter number 2", "Letter number 1", "Letter number 0"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"state": "unbacked"}, 1),
        ({"state": "kept"}, 0),
        ({"kind": "email"}, 1),
        ({"type": "callback"}, 0),
        ({"needs": "somebody"}, 1),
        ({"customer": "c-1001"}, 1),
        ({"customer": "c-1002"}, 0),
    ],
)
def test_the_list_is_narrowed(scene, machine, query, count):
    owe(scene)
    assert len(machine.get("promises", **query).json()["data"]) == count


def test_what_cannot_be_asked_is_refused(machine):
    check_problem(machine.get("promises", state="lost"), 422, "invalid")
    check_problem(machine.get("promises", cursor="x"), 400, "bad_cursor")


def test_done_once_and_opened_again(scene, machine):
    promise = owe(scene)
    done = machine.post(f"promises/{promise.id}/done", {"note": "Sent it"}).json()
    assert (done["state"], done["note"], done["needs_somebody"]) == ("done", "Sent it", False)
    again = machine.post(f"promises/{promise.id}/done", {"note": "Sent it"})
    check_problem(again, 409, "promise_settled")
    assert machine.post(f"promises/{promise.id}/reopen").json()["state"] == "unbacked"
    check_problem(machine.post(f"promises/{promise.id}/reopen"), 409, "promise_open")


def test_the_same_key_gives_the_recorded_answer(scene, machine):
    promise, headers = owe(scene), {"Idempotency-Key": "41f0-88aa"}
    body = {"code": "not_wanted", "note": "Dana rang"}
    first = machine.post(f"promises/{promise.id}/dismiss", body, headers=headers)
    again = machine.post(f"promises/{promise.id}/dismiss", body, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"


def test_a_body_that_says_nothing_is_refused(scene, machine):
    promise = owe(scene)
    for verb, body in (("done", {}), ("dismiss", {"code": "bored"}), ("reopen", {"x": 1})):
        check_problem(machine.post(f"promises/{promise.id}/{verb}", body), 422, "invalid")


def test_roles_decide_what_a_key_may_say(scene, machine):
    promise = owe(scene)
    reader = machine.with_roles("integrator")
    assert len(reader.get("promises").json()["data"]) == 1
    answer = reader.post(f"promises/{promise.id}/done", {"note": "x"})
    check_problem(answer, 403, "needs_role")
    assert fresh(scene, promise).state == "unbacked"


def test_another_workspace_has_no_such_promise(scene):
    promise, stranger = owe(scene), Machine(harbor(), "operator")
    assert stranger.get("promises").json()["data"] == []
    answer = stranger.post(f"promises/{promise.id}/done", {"note": "x"})
    check_problem(answer, 404, "promise_not_found")
    check_problem(stranger.post("promises/none/done", {"note": "x"}), 404, "promise_not_found")


def test_other_methods_are_refused(scene, machine):
    promise = owe(scene)
    check_problem(machine.post("promises"), 405, "method_not_allowed")
    check_problem(machine.get(f"promises/{promise.id}/done"), 405, "method_not_allowed")


def test_a_call_tells_its_promises_with_their_state(scene, machine):
    owe(scene, "We write to you about the inspection")
    body = machine.get(f"voice/calls/{scene.call.public_id}").json()
    (one,) = body["promises"]
    assert (one["state"], one["backing"]) == (
        "under_way",
        f"wrp://{scene.slug}/{scene.proposal.public_id}",
    )
