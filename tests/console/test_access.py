"""Who may open what: each page by role."""

import pytest

PAGES = ("live/", "approvals/", "calls/", "runs/", "outbox/")
MAY = {
    "olive": {"live/", "approvals/", "calls/", "runs/", "outbox/"},
    "lena": {"live/", "approvals/", "calls/", "runs/", "outbox/"},
    "adam": {"live/", "approvals/", "calls/", "runs/", "outbox/"},
    "ines": {"live/", "approvals/", "calls/", "runs/"},
}


@pytest.mark.parametrize("name", sorted(MAY))
def test_pages_follow_the_permission_table(scene, name):
    client = scene.client(name)
    for page in PAGES:
        expected = 200 if page in MAY[name] else 403
        assert client.get(scene.path(page)).status_code == expected, page


def test_the_rail_offers_only_what_opens(scene):
    html = scene.client("ines").get(scene.path("live/")).content.decode()
    assert 'data-nav="outbox"' not in html
    assert 'data-nav="runs"' in html


def test_a_role_that_was_taken_away_is_gone_with_the_next_request(scene, lena):
    from runs.models import Membership

    Membership.objects.filter(user=scene.house.users["lena"]).update(roles=["integrator"])
    assert lena.get(scene.path("outbox/")).status_code == 403
    Membership.objects.filter(user=scene.house.users["lena"]).delete()
    assert lena.get(scene.path("live/")).status_code == 404


def test_a_person_who_was_switched_off_is_out(scene, lena):
    scene.house.users["lena"].is_active = False
    scene.house.users["lena"].save()
    assert lena.get(scene.path("live/")).status_code == 302


def test_a_page_of_another_role_says_which_role_who_holds_it_and_who_gives_it(scene):
    html = scene.client("ines").get(scene.path("outbox/")).content.decode()
    assert "Olive Brandt" in html
    assert "You are signed in as Ines Roy, integrator. Roles are given by Adam Reyes." in html
