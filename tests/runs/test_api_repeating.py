"""Repeating and polling: Idempotency-Key on POSTs, ETag on GETs, and what a client is told about itself."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import connections
from django.test import RequestFactory

from console.views import entry
from runs import recorded, scope
from runs.api import idempotency
from runs.models import RecordedAnswer, Run
from tests import factories
from tests.approvals.support import clock
from tests.people import harbor, northwind
from tests.runs.test_api import Machine, check_problem

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": '"8e03978e-40d5"'}


@pytest.fixture
def machine():
    found = Machine(northwind())
    with scope.workspace(found.workspace.id):
        found.release = factories.make_release(found.workspace, scope.now())
    return found


def start(machine, call="CALL-1", headers=KEY):
    body = {"workflow": machine.release.workflow.name, "input": {"call_id": call}}
    return machine.post("voice/runs", body, headers=headers)


def count(machine):
    with scope.workspace(machine.workspace.id):
        return Run.objects.count(), RecordedAnswer.objects.count()


def test_the_same_key_and_request_give_the_recorded_answer(machine):
    first = start(machine)
    again = start(machine)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert not first.has_header("Idempotency-Replayed")
    assert count(machine) == (1, 1)


def test_the_quotes_around_a_key_are_not_part_of_it(machine):
    start(machine, headers={"Idempotency-Key": "8e03978e-40d5"})
    assert start(machine)["Idempotency-Replayed"] == "true"


def test_the_same_key_with_another_request_is_refused(machine):
    start(machine)
    check_problem(start(machine, call="CALL-2"), 422, "idempotency_key_reused")
    assert count(machine) == (1, 1)


def test_a_request_that_failed_leaves_its_key_free(machine):
    body = {"workflow": "no.such", "input": {"call_id": "CALL-1"}}
    check_problem(machine.post("voice/runs", body, headers=KEY), 422, "unknown_workflow")
    assert start(machine).status_code == 201


def test_two_keys_of_one_workspace_do_not_share_answers(machine):
    start(machine)
    other = machine.with_roles("integrator")
    other.release = machine.release
    answer = start(other)
    assert (answer.status_code, answer.has_header("Idempotency-Replayed")) == (200, False)


def test_a_key_that_lost_its_role_gets_no_recorded_answer(machine):
    start(machine)
    with scope.workspace(machine.workspace.id):
        type(machine.key).objects.filter(id=machine.key.id).update(roles=["auditor"])
    check_problem(start(machine), 403, "needs_role")


@pytest.mark.parametrize("key", ["", '""', "two words", "ä", "x" * 256])
def test_a_key_that_is_none(machine, key):
    check_problem(start(machine, headers={"Idempotency-Key": key}), 400, "bad_idempotency_key")
    assert count(machine) == (0, 0)


def test_after_a_day_the_key_is_new(machine):
    start(machine)
    with clock(timedelta(hours=24, seconds=1)):
        answer = start(machine)
    assert not answer.has_header("Idempotency-Replayed")
    assert count(machine) == (1, 1)


def test_recorded_answers_are_forgotten_after_a_day(machine):
    start(machine)
    at = scope.now()
    assert recorded.forget_old(at + timedelta(hours=23)) == 0
    assert recorded.forget_old(at + timedelta(hours=25)) == 1
    assert count(machine) == (1, 0)


def test_a_body_too_large_is_told_before_it_is_digested(machine):
    answer = machine.post("voice/runs", b'{"x": "' + b"x" * 300_000 + b'"}', headers=KEY)
    check_problem(answer, 413, "body_too_large")


def test_an_answer_that_did_not_change_is_not_sent_again(machine):
    first = machine.get("runs")
    again = machine.get("runs", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    start(machine, headers={})
    fresh = machine.get("runs", headers={"If-None-Match": first["ETag"]})
    assert (fresh.status_code, fresh["Cache-Control"]) == (200, "no-store")


def test_who_am_i(machine):
    body = machine.get("me").json()
    assert (body["workspace"], body["roles"], body["expires_at"]) == (
        "northwind", ["integrator"], None,
    )  # fmt: skip
    assert "start_run" in body["scopes"]
    assert "decide_proposal" not in body["scopes"]
    assert body["key"] == f"key:{machine.key.id}"
    assert Machine(harbor()).get("me").json()["workspace"] == "harbor"


def test_who_am_i_needs_a_key_and_takes_no_other_method(machine):
    check_problem(machine.client.get("/api/v1/me"), 401, "not_authenticated")
    check_problem(machine.post("me"), 405, "method_not_allowed")


def test_only_json_is_spoken(machine):
    check_problem(machine.get("me", headers={"Accept": "text/html"}), 406, "not_acceptable")
    check_problem(machine.post("voice/runs", "<a/>", "text/xml"), 415, "unsupported_media_type")


def test_options_describes_nothing(machine):
    answer = machine.client.options("/api/v1/runs", headers=machine.headers)
    check_problem(answer, 405, "method_not_allowed")


@pytest.mark.django_db(transaction=False)
def test_a_request_with_a_key_that_is_still_at_work_is_told_so(committed_db):
    house = northwind_of_its_own()
    machine = Machine(house)
    name = f"{machine.key.id}:8e03978e-40d5"
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [name])
        body = {"workflow": "w", "input": {"call_id": "c"}}
        check_problem(machine.post("voice/runs", body, headers=KEY), 409, "request_in_progress")
    finally:
        other.close()
    check_problem(machine.post("voice/runs", body, headers=KEY), 422, "unknown_workflow")


def northwind_of_its_own():
    from tests.approvals.support import open_office

    return open_office().house


def test_what_is_recorded_is_the_answer_and_no_header_of_the_request(machine):
    start(machine)
    with scope.workspace(machine.workspace.id):
        row = RecordedAnswer.objects.get()
    assert json.loads(row.body)["state"] == "running"
    assert machine.text not in str(vars(row))
    assert idempotency.HEADER == "Idempotency-Key"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RequestDataTooBig(), 413, "body_too_large"),
        (DisallowedHost(), 400, "bad_request"),
    ],
)
def test_what_django_refuses_below_the_api_is_a_problem_and_no_page(error, status, code):
    request = RequestFactory().post("/api/v1/voice/runs")
    answer = entry.unreadable(request, error)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(answer.content)["code"] == code
