"""The page of connections: for admins, without a secret in it, replaced and tested by post."""

import pytest

from voice import connections
from voice.models import Connection

SECRET = "sk-new-9d31-canary"


@pytest.fixture
def adam(scene):
    return scene.client("adam")


def crm(scene):
    with scene.scope():
        return Connection.objects.get(name="crm")


def page(scene, client):
    return client.get(scene.path("settings/connections/"))


def act(scene, client, verb="rotate", key="", **form):
    known = {"column": "secret", "secret": SECRET, "overlap": "24"}
    known["shown"] = (at := crm(scene).secret_set_at) and at.isoformat()
    path = scene.path(f"settings/connections/{key or crm(scene).id}/{verb}/")
    return client.post(path, {**known, **form})


def test_adam_replaces_a_secret_and_nobody_reads_it_again(scene, adam):
    assert act(scene, adam).status_code == 303
    html = page(scene, adam).content.decode()
    assert "by Adam Reyes" in html
    assert "The one before counts until" in html
    assert SECRET not in html
    with scene.scope():
        assert connections.secret_of(crm(scene)) == SECRET


def test_a_former_one_is_ended_at_once(scene, adam):
    act(scene, adam)
    assert act(scene, adam, "end-overlap").status_code == 303
    assert "The one before counts until" not in page(scene, adam).content.decode()


def test_a_refused_one_is_not_shown_again(scene, adam):
    answer = act(scene, adam, secret=f"{SECRET}\nx")
    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()
    act(scene, adam)
    assert act(scene, adam, shown="").status_code == 409


def test_a_test_that_reaches_nobody_says_so(scene, adam):
    with scene.scope():
        Connection.objects.filter(name="crm").update(base_url="https://10.0.0.7/crm")
    html = act(scene, adam, "test").content.decode()
    assert "This address is no place for a connector" in html
    assert "for test by Adam Reyes" in page(scene, adam).content.decode()


@pytest.mark.parametrize("name", ["lena", "olive", "ines"])
def test_others_than_admins_have_no_such_page(scene, name):
    client = scene.client(name)
    assert page(scene, client).status_code == 403
    for verb in ("rotate", "test", "end-overlap"):
        assert act(scene, client, verb).status_code == 403


def test_another_workspace_another_verb_another_method(scene, other, adam):
    assert act(scene, adam, key=str(crm(other).id)).status_code == 404
    assert act(scene, adam, "delete").status_code == 404
    assert act(scene, adam, key="x").status_code == 404
    assert adam.get(scene.path(f"settings/connections/{crm(scene).id}/rotate/")).status_code == 405
    assert adam.post(scene.path("settings/connections/")).status_code == 405
    with other.scope():
        assert connections.secret_of(crm(other)) != SECRET
