"""One live call on its page."""

import pytest

from tests.console.scene import SECRET


def test_the_page_shows_turns_fields_and_what_is_missing(scene, lena):
    answer = lena.get(scene.path(f"live/{scene.call.public_id}/"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert SECRET in html
    assert "Pricing commitment asked at" in html
    assert '<mark class="mark-evidence"' in html
    assert "3 missing, 1 to confirm" in html
    assert "Quote or commit to a price" in html


def test_the_page_names_its_topic_and_the_number_it_holds(scene, lena):
    html = lena.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert f'data-topic="run:{scene.call.public_id}"' in html
    assert f'data-after="{scene.run.last_number}"' in html


def test_numbers_are_masked_without_the_role(scene, olive, lena):
    path = scene.path(f"live/{scene.call.public_id}/")
    masked, whole = (one.get(path).content.decode() for one in (olive, lena))
    assert "+44 •••• ••• 118" in masked
    assert "+44 7700 900118" in whole
    assert "The number is masked" in masked
    assert "The number is masked" not in whole


def test_looking_is_noted_in_the_audit(scene, lena):
    from runs.models import AuditEntry

    lena.get(scene.path(f"live/{scene.call.public_id}/"))
    with scene.scope():
        seen = AuditEntry.objects.get(action="revealed")
    assert (seen.object, seen.by_name) == (scene.call.public_id, "Lena Fischer")


def test_an_unknown_call_is_not_found(scene, lena):
    assert lena.get(scene.path("live/CALL-00000000/")).status_code == 404


def test_the_address_answers_to_reading_only(scene, lena):
    assert lena.post(scene.path(f"live/{scene.call.public_id}/")).status_code == 405


def test_after_the_end_the_page_says_so_and_leads_on(ended):
    client = ended.client("olive")
    html = client.get(ended.path(f"live/{ended.call.public_id}/")).content.decode()
    assert "Call ended" in html
    assert "Open summary" in html


@pytest.mark.parametrize("state", ["reserved", "cut", "unheard", "unavailable"])
def test_every_state_of_a_turn_can_be_shown(scene, lena, state):
    from voice.models import Turn

    with scene.scope():
        Turn.objects.filter(id=scene.turns[0].id).update(state=state, heard_chars=9)
    assert lena.get(scene.path(f"live/{scene.call.public_id}/")).status_code == 200


def test_olive_ends_a_call_and_asking_twice_is_one_command(scene, olive):
    from voice.models import Command

    path = scene.path(f"live/{scene.call.public_id}/end/")
    assert [olive.post(path).status_code for _ in range(2)] == [303, 303]
    with scene.scope():
        given = Command.objects.get(call=scene.call)
    assert (given.kind, given.state) == ("end", "pending")


def test_looking_never_ends_a_call(scene, olive):
    assert olive.get(scene.path(f"live/{scene.call.public_id}/end/")).status_code == 405


def test_a_call_that_is_over_cannot_be_ended(ended):
    path = ended.path(f"live/{ended.call.public_id}/end/")
    assert ended.client("olive").post(path).status_code == 409
