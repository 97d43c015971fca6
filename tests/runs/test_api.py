"""The API of runs: keys, problems, pages; another workspace's things are not there."""

import json

import pytest
from django.test import Client

from runs import ledger, people, scope, steps
from runs.api import keys
from runs.errors import NotAllowed
from runs.models import ApiKey, AuditEntry
from tests import contract, factories
from tests.people import harbor, northwind

pytestmark = pytest.mark.django_db


class Machine:
    """An API client with a key of its own."""

    def __init__(self, house, *roles):
        self.workspace = house.workspace
        with scope.workspace(self.workspace.id):
            admin = people.Actor("person:a", "A", self.workspace.id, frozenset({"admin"}))
            self.key, self.text = keys.make(
                self.workspace.id,
                name="CI",
                roles=roles or ["integrator"],
                by=admin,
                at=scope.now(),
            )
            self.admin = admin
        self.client = Client(raise_request_exception=False)

    def with_roles(self, *roles, name="other", **more):
        """Another key of the same workspace."""
        other = Machine.__new__(Machine)
        other.workspace, other.admin, other.client = self.workspace, self.admin, self.client
        with scope.workspace(self.workspace.id):
            by = more.pop("by", self.admin)
            other.key, other.text = keys.make(
                self.workspace.id, name=name, roles=roles, by=by, at=scope.now()
            )
        return other

    def get(self, path, *, headers=None, **query):
        sent = {**self.headers, **(headers or {})}
        answer = self.client.get(f"/api/v1/{path}", query, headers=sent)
        return contract.check(answer, "get", f"/api/v1/{path}")

    def post(self, path, body=None, content_type="application/json", headers=None):
        data = body if isinstance(body, bytes | str) else json.dumps({} if body is None else body)
        sent = {**self.headers, **(headers or {})}
        answer = self.client.post(f"/api/v1/{path}", data, content_type, headers=sent)
        return contract.check(answer, "post", f"/api/v1/{path}")

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.text}"}


@pytest.fixture
def machine():
    return Machine(northwind())


@pytest.fixture
def run(machine):
    with scope.workspace(machine.workspace.id):
        return factories.make_run(machine.workspace)


def check_problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["code"] == code
    assert body["status"] == status
    assert body["request_id"] == answer["X-Request-ID"]
    assert isinstance(body["errors"], list)
    assert body["detail"]
    assert body["type"].endswith(f"/api/v1/reference#{code}")
    return body


def test_a_key_opens_its_own_workspace(machine, run):
    body = machine.get("runs").json()
    assert [one["id"] for one in body["data"]] == [run.public_id]
    assert body["next_cursor"] is None
    with scope.workspace(machine.workspace.id):
        assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Basic abc", "Bearer rb_abcdefgh_" + "x" * 52, "Bearer ", "rb_x"],
)
def test_a_key_that_is_none_gets_nowhere(machine, header):
    answer = machine.client.get("/api/v1/runs", headers={"Authorization": header})
    check_problem(answer, 401, "bad_key")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_without_a_key_nothing_is_said(machine):
    check_problem(machine.client.get("/api/v1/runs"), 401, "not_authenticated")


def test_a_key_with_one_letter_changed_is_no_key(machine):
    machine.text = machine.text[:-1] + ("a" if machine.text[-1] != "a" else "b")
    check_problem(machine.get("runs"), 401, "bad_key")


def test_a_revoked_key_is_no_key_any_more_and_the_audit_says_who(machine):
    with scope.workspace(machine.workspace.id):
        keys.revoke(machine.key, by=machine.admin, at=scope.now())
        assert AuditEntry.objects.filter(action="key.revoked").count() == 1
    check_problem(machine.get("runs"), 401, "bad_key")


def test_an_expired_key_is_no_key_any_more(machine):
    with scope.workspace(machine.workspace.id):
        ApiKey.objects.update(expires_at=scope.now())
    check_problem(machine.get("runs"), 401, "bad_key")


def test_only_an_admin_makes_keys(machine):
    with scope.workspace(machine.workspace.id), pytest.raises(NotAllowed):
        by = people.Actor("person:b", "B", machine.workspace.id, frozenset({"operator"}))
        keys.make(machine.workspace.id, name="x", roles=[], by=by, at=scope.now())


def test_the_key_itself_is_stored_nowhere(machine):
    with scope.workspace(machine.workspace.id):
        row = ApiKey.objects.get()
    assert machine.text.split("_")[2] not in str(vars(row))


def test_a_session_cookie_is_no_key(machine):
    house_user = northwind_user()
    machine.client.force_login(house_user)
    check_problem(machine.client.get("/api/v1/runs"), 401, "not_authenticated")


def northwind_user():
    from runs.models import User

    return User.objects.get(email="adam@northwind.example")


def test_a_key_of_another_workspace_finds_nothing(run):
    other = Machine(harbor())
    assert other.get("runs").json()["data"] == []
    for path in (f"runs/{run.public_id}", f"runs/{run.public_id}/events"):
        body = check_problem(other.get(path), 404, "not_found")
        assert "northwind" not in json.dumps(body).lower()


def test_a_role_that_may_not_is_told_which_ones_may(machine, run):
    body = check_problem(machine.with_roles().get("runs"), 403, "needs_role")
    assert "integrator" in body["details"]["roles"]


def test_one_run_with_its_steps_and_what_came_of_it(machine, run):
    with scope.workspace(machine.workspace.id):
        by = people.system("tests", machine.workspace.id)
        step, _ = steps.begin(
            run, key="k", name="n", kind="tool", arguments={"a": 1}, by=by, at=scope.now()
        )
        steps.finish(step, state="done", result={"b": 2}, by=by, at=scope.now())
        for kind, more in (
            ("outbox.queued", {"key": "k"}),
            ("outbox.confirmed", {"attempt": 1, "reference": "c-1"}),
        ):
            ledger.append(
                run.id,
                kind,
                by=by,
                at=scope.now(),
                entry="OBX-00000001",
                action="crm.update",
                **more,
            )
    body = machine.get(f"runs/{run.public_id}").json()
    assert body["handle"] == f"agent-run://northwind/{run.public_id}"
    assert body["steps"][0]["result"] == {"b": 2}
    (entry,) = body["outbox"]
    assert (entry["state"], entry["reference"]) == ("confirmed", "c-1")
    assert entry["handle"] == "outbox://northwind/OBX-00000001"


def test_events_after_a_number_come_once_and_in_order(machine, run):
    with scope.workspace(machine.workspace.id):
        by = people.system("tests", machine.workspace.id)
        for position in range(5):
            ledger.append(run.id, "noise.noted", by=by, at=scope.now(), position=position)
    first = machine.get(f"runs/{run.public_id}/events", limit=3).json()
    rest = machine.get(f"runs/{run.public_id}/events", after=3).json()
    numbers = [one["number"] for one in (*first["data"], *rest["data"])]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert first["last_number"] == 6


def test_pages_follow_each_other_without_gaps_while_rows_come(machine):
    with scope.workspace(machine.workspace.id):
        release = factories.make_release(machine.workspace, scope.now())
        for _ in range(5):
            factories.make_run(machine.workspace, release=release)
    seen, cursor = [], ""
    while True:
        body = machine.get("runs", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in body["data"]]
        if not seen[2:]:
            with scope.workspace(machine.workspace.id):
                factories.make_run(machine.workspace, release=release)
        cursor = body["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_cursor_of_another_list_or_workspace_is_refused(machine, run):
    with scope.workspace(machine.workspace.id):
        factories.make_run(machine.workspace, release=run.release)
    cursor = machine.get("runs", limit=1).json()["next_cursor"]
    check_problem(machine.get("runs", cursor=cursor, state="running"), 400, "bad_cursor")
    check_problem(Machine(harbor()).get("runs", cursor=cursor), 400, "bad_cursor")
    check_problem(machine.get("runs", cursor=cursor[:-2]), 400, "bad_cursor")
    check_problem(machine.get("runs", cursor="\x01" * 100), 400, "bad_cursor")


def test_every_bad_parameter_is_named_at_once(machine):
    body = check_problem(
        machine.get("runs", state="lost", limit="many", colour="red", **{"from": "tomorrow"}),
        422,
        "invalid",
    )
    assert sorted(one["field"] for one in body["errors"]) == ["colour", "from", "limit", "state"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_method_that_there_is_not(machine, method):
    answer = getattr(machine.client, method)("/api/v1/runs", headers=machine.headers)
    check_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_an_address_that_there_is_not_is_a_problem_too(machine):
    check_problem(machine.get("nothing/here"), 404, "no_such_address")
    check_problem(machine.post("nothing/here", {}), 404, "no_such_address")


def test_an_error_of_ours_shows_no_inside(machine, run, monkeypatch):
    from runs.api import runs as views

    monkeypatch.setattr(views, "head", lambda run: 1 / 0)
    body = check_problem(machine.get("runs"), 500, "internal_error")
    assert "ZeroDivision" not in json.dumps(body)


def test_a_moment_at_the_edge_of_time_is_named_as_a_fault(machine):
    answer = machine.get("runs", **{"from": "9999-12-31T23:59:59-12:00"})
    check_problem(answer, 422, "invalid")


def test_an_id_with_a_nul_is_no_address(machine):
    check_problem(machine.get("runs/%00"), 404, "no_such_address")
