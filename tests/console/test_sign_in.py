"""Ways in: sign-in, the first page of a role, handles."""

import pytest
from django.test import Client
from django.urls import reverse

from runs import handles
from tests.people import PASSWORD


def sign_in(scene, name, password=PASSWORD, **more):
    client = Client()
    form = {"login": scene.house.users[name].email, "password": password, **more}
    return client, client.post(reverse("account_login"), form)


@pytest.mark.parametrize(
    ("name", "page"), [("olive", "wall"), ("lena", "approvals"), ("adam", "calls")]
)
def test_each_role_begins_where_its_work_is(scene, name, page):
    client, answer = sign_in(scene, name)
    assert answer.status_code == 302
    first = client.get("/")
    assert first["Location"] == reverse(page, args=[scene.slug])
    assert client.get(first["Location"]).status_code == 200
    assert client.get(scene.path(""))["Location"] == first["Location"]


def test_a_wrong_password_is_refused_with_words(scene):
    client, answer = sign_in(scene, "olive", "not the password at all")
    assert answer.status_code == 200
    assert "login-errors" in answer.content.decode()
    assert client.get("/")["Location"] == reverse("account_login")


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "account_change_password"]
)
def test_of_the_account_pages_only_sign_in_and_out_are_there(scene, lena, name):
    for client in (Client(), lena):
        assert client.get(reverse(name)).status_code == 404


def test_who_is_switched_off_is_told_so(scene):
    scene.house.users["olive"].is_active = False
    scene.house.users["olive"].save()
    client, answer = sign_in(scene, "olive")
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    assert "switched off" in answer.content.decode() or "login-errors" in answer.content.decode()
    assert client.get(scene.path("live/")).status_code == 302


def test_many_wrong_passwords_are_slowed_down(scene, settings):
    answers = [sign_in(scene, "olive", "wrong again and again")[1] for _ in range(12)]
    assert "Too many" in answers[-1].content.decode() or answers[-1].status_code == 429


def test_a_stranger_is_led_to_the_sign_in_and_back(scene):
    path = scene.path("live/")
    answer = Client().get(path)
    assert answer["Location"] == f"{reverse('account_login')}?next={path}"


def test_a_part_asked_for_by_the_script_says_that_the_session_is_over(scene):
    answer = Client().get(scene.path("live/"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (401, "true")


def test_signing_out_ends_it(scene, lena):
    lena.post(reverse("account_logout"))
    assert lena.get(scene.path("live/")).status_code == 302


def test_who_belongs_nowhere_is_told(db):
    from runs.models import User

    client = Client()
    client.force_login(User.objects.create_user("nobody@nowhere.example", PASSWORD, name="No Body"))
    answer = client.get("/")
    assert answer.status_code == 403
    assert "You belong to no workspace yet" in answer.content.decode()


def test_handles_lead_to_their_pages(ended):
    from tests.console.scene import run_evidence

    client = ended.client("lena")
    with ended.scope():
        evidence_id = run_evidence(ended.run)
    for public_id, page in (
        (ended.run.public_id, f"runs/{ended.run.public_id}/"),
        (ended.call.public_id, f"calls/{ended.call.public_id}/"),
        (ended.proposal.public_id, f"approvals/{ended.proposal.public_id}/"),
        (evidence_id, f"calls/{ended.call.public_id}/#turn-{ended.turns[1].id.hex}"),
    ):
        text = handles.make(ended.slug, public_id)
        for spelled in (text, text.replace("://", ":/")):
            assert client.get(f"/h/{spelled}")["Location"] == ended.path(page)


def test_a_handle_of_another_workspace_is_not_found(scene, other, lena):
    for text in (
        handles.make(other.slug, other.run.public_id),
        handles.make(scene.slug, "EVD-00000000"),
        "nonsense",
        "evidence://a/b/c",
    ):
        assert lena.get(f"/h/{text}").status_code == 404


def test_the_probe_answers_without_a_session(client):
    assert client.get("/healthz").content == b"ok"
