"""Words that were said, as a filter of the calls list: the sentence stands in the row and leads to its turn."""

from runs import people
from voice import calls
from voice.models import SearchDocument


def rows(client, scene, words):
    page = client.get(scene.path("calls/"), {"words": words}).context["page"]
    return page.rows, page


def hang_up(scene):
    with scene.scope():
        by = people.system("tests", scene.house.workspace.id)
        scene.call.refresh_from_db()
        assert calls.end(scene.call, reason="caller_hung_up", by=by, at=scene.call.rang_at)


def test_the_sentence_stands_in_the_row_and_leads_to_its_turn(scene, lena):
    hang_up(scene)
    (row,), page = rows(lena, scene, "boiler fail")
    marked = [part.text for part in row.said.parts if part.marked]
    assert marked == ["boiler", "failed"]
    assert row.said.href.endswith(f"?all=1#turn-{scene.turns[1].id.hex}")
    assert page.count_text == "1 call"
    drawn = lena.get(scene.path("calls/"), {"words": "boiler fail"}).content.decode()
    assert "Our <mark>boiler</mark> <mark>failed</mark> its inspection." in drawn
    assert f'id="turn-{scene.turns[1].id.hex}"' in lena.get(row.said.href).content.decode()


def test_a_live_call_is_found_and_leads_to_its_live_page(scene, lena):
    (row,), _page = rows(lena, scene, "inspection")
    assert row.said.href.startswith(scene.path(f"live/{scene.call.public_id}"))
    with scene.scope():
        assert not SearchDocument.objects.exists()


def test_nothing_found_says_so_and_widens_by_one_click(scene, lena):
    found, page = rows(lena, scene, "radiator")
    assert not found
    assert page.empty.title == "No calls match these filters"
    assert page.empty.link.href == scene.path("calls/")


def test_words_and_other_filters_narrow_together(scene, lena):
    hang_up(scene)
    client, path = lena, scene.path("calls/")
    for asked, count in (({"state": "live"}, 0), ({"q": "Whitfield"}, 1), ({"q": "Nobody"}, 0)):
        page = client.get(path, {"words": "boiler", **asked}).context["page"]
        assert len(page.rows) == count, asked


def test_a_number_stays_hidden_from_who_may_not_see_it(scene):
    with scene.scope():
        turn = scene.turns[3]
        turn.text = "Text me on +447700900181."
        turn.save(update_fields=["text"])
    (seen,), _page = rows(scene.client("lena"), scene, "text")
    (hidden,), _page = rows(scene.client("ines"), scene, "text")
    assert "900181" in "".join(part.text for part in seen.said.parts)
    assert "900181" not in "".join(part.text for part in hidden.said.parts)


def test_what_was_said_elsewhere_is_not_found(scene, other, lena):
    hang_up(other)
    found, _page = rows(lena, scene, "boiler")
    assert [row.key for row in found] == [scene.call.public_id]
