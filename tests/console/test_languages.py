"""Languages: each is complete, and nothing is said that could not be translated."""

import re

import pytest
from django.test import Client

from tests import words
from tests.console import pseudo
from tests.console.test_routes import address, workspace_routes

TEMPLATES = words.ROOT / "templates"
CODES = words.languages()


@pytest.fixture(scope="module")
def said():
    return {(one.context, one.id): one for one in words.wanted() if one.id}


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_is_translated_and_no_other_is_kept(said, code):
    catalog = words.read(code)
    kept = {(one.context, one.id) for one in catalog if one.id}
    empty = [one.id for one in words.untranslated(catalog)]
    assert not said.keys() - kept, "run `make words`, then translate what it names"
    assert not kept - said.keys(), "run `make words`: these are said no more"
    assert not empty, f"translate them in {words.po(code)}"


@pytest.mark.parametrize("code", CODES)
def test_what_is_compiled_is_what_is_written(code):
    made = words.compiled(words.read(code))
    assert words.po(code).with_suffix(".mo").read_bytes() == made, "run `make words`"


@pytest.mark.parametrize("code", CODES)
def test_a_translation_fills_in_the_same_parts(code):
    for one in words.read(code):
        if one.id:
            forms = one.string if one.pluralizable else (one.string,)
            ids = one.id if one.pluralizable else (one.id,)
            allowed = [words.placeholders(text) for text in ids]
            for form in forms:
                assert words.placeholders(form) in allowed, one.id


def literal(text: str) -> str:
    """What a template says by itself."""
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", " ", text, flags=re.S)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", " ", text, flags=re.S)
    return re.sub(r"{[%{].*?[%}]}", " ", text, flags=re.S)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: one.name)
def test_a_template_says_nothing_untranslated(path):
    text = literal(path.read_text())
    spoken = re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"', text)
    bare = re.sub(r"<kbd.*?</kbd>|<[^>]*>", " ", text, flags=re.S)
    found = [
        word
        for word in re.findall(r"[^\W\d_]{2,}", " ".join([bare, *spoken]).replace("&middot;", " "))
        if word not in ("Readback", "doctype", "html", "API", "OpenAPI", "openapi", "json")
    ]
    assert not found, f"{path.name}: mark {found} with translate"


def speaks(user, code):
    user.locale, user.preferences = code, {"language": code}
    user.save()


# Every address that can be opened, and states of a page that have none of their own.
STATES = ("approvals/?queue=decided", "search/?q=Dana", "search/?q=nobody", "calls/CALL-NONE/")


def pages(scene):
    yield from (scene.path(one) for one in STATES)
    yield scene.path(f"calls/{scene.call.public_id}/?edit=reason")
    for route, _name, _ids in workspace_routes():
        yield address(route, scene.slug, scene)


@pytest.mark.parametrize("when", ["live", "ended"])
def test_no_page_says_a_word_that_is_not_in_the_catalogue(request, tmp_path, when):
    scene = request.getfixturevalue("ended" if when == "ended" else "scene")
    scene.entry_id()
    user = scene.house.users["lena"]
    speaks(user, pseudo.CODE)
    client, found, paths = scene.client("lena"), {}, list(pages(scene))
    with scene.scope():
        known = pseudo.data_words()
    with pseudo.spoken(tmp_path):
        for path in paths:
            answer = client.get(path)
            if answer.status_code not in (200, 404) or "html" not in answer["Content-Type"]:
                continue
            plain = pseudo.plain_words(answer.content.decode(), known)
            if plain:
                found[path] = sorted(plain)
    assert not found


def test_the_sign_in_speaks_the_language_of_the_browser(db):
    html = (
        Client(headers={"accept-language": "de-AT,de;q=0.9"})
        .get("/account/login/")
        .content.decode()
    )
    assert 'lang="de"' in html
    assert "Anmelden" in html


def test_a_person_reads_their_own_language_whatever_the_browser_asks_for(scene):
    user = scene.house.users["lena"]
    speaks(user, "de")
    html = scene.client("lena").get(scene.path("calls/"), headers={"accept-language": "en"})
    assert "Anrufe, neueste zuerst" in html.content.decode()
