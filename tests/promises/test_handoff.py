"""The card for a colleague who takes over: from the record, and as text."""

import pytest

from tests import factories
from tests.promises.owing import owe


def card(client, scene, page="calls"):
    answer = client.get(scene.path(f"{page}/{scene.call.public_id}/"))
    return answer.context["page"].handoff


@pytest.mark.parametrize("page", ["calls", "live"])
def test_reason_bullets_fields_and_what_is_missing(scene, olive, page):
    owe(scene)
    found = card(olive, scene, page)
    assert found.reason == "Pricing commitment asked"
    assert 3 <= len(found.bullets) <= 5
    assert found.bullets[0] == "Caller: Dana Whitfield, Whitfield Holdings"
    assert (found.fields[0].label, found.fields[0].quote) == ("Problem", "boiler failed")
    assert "Location" in found.missing
    assert found.promised == ("I'll e-mail you the list of papers (Nothing backs this)",)
    assert found.flags == ("Pricing commitment asked",)


def test_as_text_it_says_all_of_it(scene, olive):
    owe(scene)
    text = card(olive, scene).plain
    for words in (scene.call.public_id, "“boiler failed”", "Missing:", "Promised:", "Flags:"):
        assert words in text
    html = olive.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    assert 'data-copy="' + scene.call.public_id in html


def test_a_number_is_masked_for_who_may_not_see_it(scene, olive, lena):
    with scene.scope():
        factories.make_turn(scene.call, "caller", "Ring me at +44 7700 900118 please")
    assert "900118" not in card(olive, scene).plain
    assert "900118" in card(lena, scene).plain


def test_where_nobody_was_asked_for_there_is_no_card(scene, olive):
    with scene.scope():
        run = factories.make_run(scene.house.workspace, release=scene.run.release)
        call = factories.make_call(run, scene.call.connection)
    page = olive.get(scene.path(f"calls/{call.public_id}/")).context["page"]
    assert page.handoff is None
