"""Search: by id, number, name, own id and handle; only what the person may see."""

import pytest

from runs import handles
from runs.models import Customer
from voice.models import Call


def ask(client, scene, text, **more):
    return client.get(scene.path("search/"), {"q": text, **more}).content.decode()


@pytest.mark.parametrize("text", ["Dana Whitfield", "whitf", "Whitfield Holdings"])
def test_a_name_finds_the_call_the_proposal_and_the_run(scene, lena, text):
    html = ask(lena, scene, text)
    for found in (scene.call.public_id, scene.proposal.public_id, scene.run.public_id):
        assert found in html


def test_an_id_is_found_by_its_beginning_in_any_case(scene, lena):
    assert f"/live/{scene.call.public_id}/" in ask(lena, scene, scene.call.public_id[:9].lower())


def test_our_own_id_of_the_caller_is_found(scene, lena):
    with scene.scope():
        Call.objects.filter(id=scene.call.id).update(external_id="UID-77/4")
    assert scene.call.public_id in ask(lena, scene, "UID-77/4")


@pytest.mark.parametrize("text", ["{}", " {} ", "00{digits}"])
def test_a_whole_number_is_found_as_people_write_it(scene, lena, text):
    with scene.scope():
        Call.objects.filter(id=scene.call.id).update(caller_number="+447700900118")
    written = text.format("+44 7700 (900) 118", digits="447700900118")
    assert scene.call.public_id in ask(lena, scene, written)


def test_the_end_of_a_number_finds_nothing(scene, olive):
    """Who sees numbers masked must not be able to try them out."""
    with scene.scope():
        Call.objects.filter(id=scene.call.id).update(caller_number="+447700900118", customer=None)
    assert scene.call.public_id not in ask(olive, scene, "900118")


def test_a_handle_leads_to_its_page(scene, lena):
    handle = handles.make(scene.slug, scene.proposal.public_id)
    assert f"/h/{handle}" in ask(lena, scene, handle)


def test_another_workspace_is_never_found(scene, other, lena):
    with other.scope():
        Customer.objects.update(name="Zacharias Zander")
    for text in (other.call.public_id, "Zacharias", other.proposal.public_id):
        html = ask(lena, scene, text, menu="1")
        assert "Zander" not in html
        assert f"/{other.call.public_id}/" not in html


def test_the_menu_gets_options_and_the_page_gets_links(scene, lena):
    assert 'role="option"' in ask(lena, scene, "Dana", menu="1")
    assert "<html" not in ask(lena, scene, "Dana", menu="1")
    assert 'role="option"' not in ask(lena, scene, "Dana").split('id="q"')[1]


def test_a_role_finds_only_what_it_may_open(scene):
    html = ask(scene.client("ines"), scene, "out", menu="1")
    assert "go-outbox" not in html
    assert "go-outbox" in ask(scene.client("adam"), scene, "out", menu="1")


@pytest.mark.parametrize("text", ["", "\0", "%", "_" * 300, "' OR 1=1", "<b>", "call://nowhere"])
def test_odd_text_is_an_ordinary_search(scene, lena, text):
    answer = lena.get(scene.path("search/"), {"q": text})
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()


def test_another_method_is_refused(scene, lena):
    assert lena.post(scene.path("search/"), {"q": "x"}).status_code == 405
