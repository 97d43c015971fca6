"""Every address of the site with the ids of another workspace: nothing of it is ever shown or changed."""

import uuid
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from approvals.models import OutboxEntry
from tests.console import scene as scenes
from tests.console.scene import SECRET
from tests.promises.owing import owe

# Without a workspace in them: sign-in, probes, gallery, doors of machines that have keys of their own.
OUTSIDE = ("account/", "healthz", "dev/", "api/", "hooks/", "h/", "static/")
IDS = {
    "call_id": lambda scene: scene.call.public_id,
    "proposal_id": lambda scene: scene.proposal.public_id,
    "run_id": lambda scene: scene.run.public_id,
    "entry_id": lambda scene: scene.entry_id(),
    "promise_id": lambda scene: str(owe(scene).id),
    "verb": lambda scene: "cancel",
    "key": lambda scene: "problem",
    "view_id": lambda scene: str(scene.call.id),
    "screen": lambda scene: "nowhere",
    "connection_id": lambda scene: str(scene.call.connection_id),
    "number": lambda scene: "1",
}


def patterns(resolver, prefix=""):
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern):
            yield route, one


def workspace_routes():
    return [
        (route, one.name, sorted(one.pattern.converters))
        for route, one in patterns(get_resolver())
        if route.startswith("w/")
    ]


def address(route, slug, scene):
    text = f"/{route}".replace("<slug:slug>", slug)
    for name, value in IDS.items():
        for converter in ("str", "int"):
            text = text.replace(f"<{converter}:{name}>", value(scene))
    assert "<" not in text, f"say in IDS what stands for the parameter of {route}"
    return text


@pytest.fixture
def home(db):
    return scenes.make_scene(ended=True)


def test_every_route_is_looked_at():
    routes = workspace_routes()
    assert len(routes) >= 15
    for route, _one in patterns(get_resolver()):
        assert route.startswith(("w/", *OUTSIDE)) or route == "", (
            f"{route}: put it below w/<slug>/ or say in OUTSIDE why it has no workspace"
        )


@pytest.mark.parametrize(("route", "name", "ids"), workspace_routes())
def test_foreign_ids_give_nothing(home, other, route, name, ids):
    client = home.client("lena")
    client.raise_request_exception = False
    for slug, method in product((home.slug, other.slug), ("get", "post")):
        if slug == home.slug and not ids:
            continue  # a list of one's own workspace
        answer = getattr(client, method)(address(route, slug, other), {**other.decision()})
        assert answer.status_code in (302, 403, 404, 405), (slug, answer.status_code)
        html = answer.content.decode()
        for secret in (SECRET, "Dana Whitfield", other.call.public_id, other.proposal.public_id):
            assert secret not in html
    with other.scope():
        other.proposal.refresh_from_db()
        assert other.proposal.state == "pending"
        assert {one.state for one in OutboxEntry.objects.all()} <= {"pending"}


def test_lists_show_only_their_own_workspace(home, other):
    foreign = (other.call.public_id, other.run.public_id, other.proposal.public_id, other.slug)
    client = home.client("lena")
    for route, _name, ids in workspace_routes():
        if not ids:
            html = client.get(address(route, home.slug, home), follow=True).content.decode()
            assert not [one for one in foreign if one in html], route


def test_without_a_session_there_is_only_the_sign_in(home):
    for (route, _name, _ids), method in product(workspace_routes(), ("get", "post")):
        answer = getattr(Client(), method)(address(route, home.slug, home))
        assert answer.status_code == 302, route
        assert answer["Location"].startswith(reverse("account_login")), route


def test_the_database_itself_keeps_the_workspaces_apart(home, other):
    """With every filter of the ORM off: what the scope does not name is not there."""
    from django.db import connection

    with home.scope(), connection.cursor() as cursor:
        for table in (
            "voice_call",
            "voice_turn",
            "approvals_proposal",
            "runs_event",
            "runs_summary",
        ):
            cursor.execute(f"SELECT DISTINCT workspace_id FROM {table}")
            assert {row[0] for row in cursor.fetchall()} <= {home.house.workspace.id}


def test_a_workspace_that_does_not_exist_looks_like_one_that_is_not_ours(home, other):
    client = home.client("lena")
    for slug in (other.slug, f"nowhere-{uuid.uuid4().hex[:8]}", "A B", "x" * 80):
        assert client.get(f"/w/{slug}/live/").status_code == 404
