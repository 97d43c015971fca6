"""A live call is given to somebody: they are told, the others see it, and it is taken back."""

import pytest

from approvals.models import Notice
from runs.models import Event
from voice.models import CallClaim


def mind(scene, client, verb, call=None, **form):
    path = scene.path(f"live/{(call or scene.call).public_id}/mind/")
    return client.post(path, {"verb": verb, **form})


def give(scene, client, to, **form):
    return mind(scene, client, "assign", to=str(scene.house.users[to].id), **form)


def holder(scene):
    with scene.scope():
        found = CallClaim.objects.filter(call=scene.call).first()
        return (found.name, found.given_by_name) if found else None


def test_lena_gives_a_call_to_olive_who_is_told(scene, lena, olive):
    assert give(scene, lena, "olive").status_code == 303
    assert holder(scene) == ("Olive Brandt", "Lena Fischer")
    wall = scene.client("mei").get(scene.path("live/")).content.decode()
    assert "Olive Brandt has this call, given by Lena Fischer" in wall
    page = olive.get(scene.path("notices/")).content.decode()
    assert f"{scene.call.public_id} was given to you" in page
    olive.get(scene.path(f"live/{scene.call.public_id}/"))
    with scene.scope():
        assert Notice.objects.get(kind="assigned").read_at is not None


def test_a_second_time_changes_nothing(scene, lena):
    assert [give(scene, lena, "olive").status_code for _ in range(2)] == [303, 303]
    with scene.scope():
        kinds = Event.objects.filter(run=scene.run).values_list("kind", flat=True)
        assert list(kinds).count("call.assigned") == 1
        assert Notice.objects.filter(kind="assigned").count() == 1


def test_who_gave_it_takes_it_back_and_nobody_else(scene, lena):
    give(scene, lena, "olive")
    mind(scene, scene.client("mei"), "release")
    assert holder(scene) == ("Olive Brandt", "Lena Fischer")
    assert "Take back" in lena.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    mind(scene, lena, "release")
    assert holder(scene) is None


def test_who_has_a_call_hands_it_on_and_a_third_one_does_not(scene, lena, olive):
    mind(scene, olive, "claim")
    answer = give(scene, lena, "mei")
    assert answer.status_code == 409
    assert "Olive Brandt has this call until" in answer.content.decode()
    assert give(scene, olive, "mei").status_code == 303
    assert holder(scene) == ("Mei Kato", "Olive Brandt")


@pytest.mark.parametrize("to", ["ines", "nobody"])
def test_only_who_takes_calls_here_is_given_one(scene, other, lena, to):
    known = {"nobody": str(other.house.users["olive"].id)}
    person = known.get(to) or str(scene.house.users[to].id)
    assert mind(scene, lena, "assign", to=person).status_code == 422
    assert mind(scene, lena, "assign", to="x").status_code == 422
    assert holder(scene) is None


def test_by_role_in_ones_own_workspace_by_post(scene, other, lena):
    assert give(scene, scene.client("ines"), "olive").status_code == 403
    assert mind(scene, lena, "assign", other.call, to="x").status_code == 404
    assert lena.get(scene.path(f"live/{scene.call.public_id}/mind/")).status_code == 405
    assert holder(scene) is None


def test_a_call_that_is_over_is_given_to_nobody(ended):
    assert give(ended, ended.client("lena"), "olive").status_code == 409
    page = ended.client("lena").get(ended.path(f"live/{ended.call.public_id}/"))
    assert 'name="verb" value="assign"' not in page.content.decode()
