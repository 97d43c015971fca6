"""Being away, on the preferences page, and what is said of it where a proposal is reviewed."""

from datetime import timedelta

import pytest

from approvals import reminders, standins
from approvals.models import Away
from runs import scope


def say(scene, client, to="mei", days=3, **form):
    with scene.scope():
        until = (scope.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
    form = {"verb": "away", "to": str(scene.house.users[to].id), "until": until, **form}
    return client.post(scene.path("settings/preferences/away/"), form)


def test_lena_is_away_and_the_review_says_who_stands_in(scene, lena):
    assert say(scene, lena).status_code == 302
    review = scene.path(f"approvals/{scene.proposal.public_id}/")
    html = scene.client("mei").get(review).content.decode()
    assert "Lena Fischer is away until" in html
    assert "Mei Kato stands in" in html
    page = lena.get(scene.path("settings/preferences/")).content.decode()
    assert "What waits for you goes to Mei Kato." in page


def test_lena_is_back(scene, lena):
    say(scene, lena)
    assert say(scene, lena, verb="back").status_code == 302
    with scene.scope():
        assert standins.of([scene.house.users["lena"].id], scope.now()) == {}


@pytest.mark.parametrize(
    "wrong", [{"to": "olive"}, {"days": -1}, {"until": "soon"}, {"until": ""}], ids=str
)
def test_a_form_that_is_no_absence_stands_there_again(scene, lena, wrong):
    answer = say(scene, lena, **wrong)
    assert answer.status_code == 422
    assert 'id="away-error"' in answer.content.decode()
    with scene.scope():
        assert not Away.objects.exists()


def test_being_away_is_said_by_post_in_ones_own_workspace(scene, other, lena):
    assert lena.get(scene.path("settings/preferences/away/")).status_code == 405
    assert say(other, lena).status_code in (403, 404)
    assert say(scene, lena, to="mei").status_code == 302
    assert say(scene, lena, to="mei").status_code == 302
    with scene.scope():
        assert Away.objects.filter(ended_at=None).count() == 1


def test_who_was_reminded_and_told_stands_on_the_review(scene, lena):
    row = scene.proposal
    reminders.remind_due(row.approve_by - timedelta(seconds=30))
    review = scene.path(f"approvals/{row.public_id}/")
    html = lena.get(review).content.decode()
    assert "Those who may decide were reminded at" in html
    assert "admin was told (Adam Reyes)." in html
