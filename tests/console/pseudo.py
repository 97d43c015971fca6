"""A language in which every sentence stands in brackets: what is seen without them was never translated."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.test import override_settings
from django.utils.translation import trans_real

from tests import words

CODE = "xx"
_WORD = re.compile(r"(?<!\w)[^\W\d_]{3,}(?!\w)")
# What is left of a digest when its digits are taken out.
_DIGEST = re.compile(r"[a-f]+")
_SPOKEN = ("aria-label", "title", "placeholder", "alt")
# Names and codes are the same in every language; months come from Django.
_SAME = {
    *("Readback", "English", "Deutsch", "Brackets", "CRM", "SMS", "GMT", "UTC", "JSON"),
    # The language of workflows, and schemes of handles.
    *("RISK", "REQUIRE", "APPROVAL", "ROLE", "APPROVE", "EXECUTE", "DEFAULT", "MINUTES"),
    *("wrp", "outbox"),
    *("Enter", "Ctrl", "Esc", "Space", "Strg", "Home", "End", "Europe", "London"),
    *("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
}


@contextmanager
def spoken(folder: Path) -> Iterator[None]:
    """`xx` is one of the languages while this lasts."""
    target = folder / CODE / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalog = Catalog(locale="en")
    for one in words.wanted():
        if one.id:
            said = tuple(map(_bracketed, one.id)) if one.pluralizable else _bracketed(one.id)
            catalog.add(one.id, said, context=one.context)
    (target / "django.mo").write_bytes(words.compiled(catalog))
    try:
        with override_settings(
            LANGUAGES=[("en", "English"), (CODE, "Brackets")], LOCALE_PATHS=[folder]
        ):
            _forget()
            yield
    finally:
        _forget()


def _forget() -> None:
    trans_real._translations = {}
    trans_real._default = None


def _bracketed(text: str) -> str:
    # A date format is filled in with letters of its own.
    return text if text == "j M Y" else f"⟦{text}⟧"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "datalist", "template")
        self.texts += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "datalist", "template")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def plain_words(html: str, known: set[str]) -> set[str]:
    """Words outside of brackets that are no data of the workspace."""
    page = _Page()
    page.feed(html)
    outside = " ".join(re.sub(r"⟦[^⟦⟧]*⟧", " ", _inner(text)) for text in page.texts)
    return {
        one
        for one in _WORD.findall(outside)
        if one.casefold() not in known and one not in _SAME and not _DIGEST.fullmatch(one)
    }


def _inner(text: str) -> str:
    """Sentences inside sentences: the innermost go first."""
    while re.search(r"⟦[^⟦⟧]*⟧[^⟦⟧]*⟧", text):
        shorter = re.sub(r"⟦[^⟦⟧]*⟧(?=[^⟦⟧]*⟧)", "", text)
        if shorter == text:
            break
        text = shorter
    return text


def data_words() -> set[str]:
    """Every word that stands in a row of this scope: names, what was said, labels of the release."""
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label in ("runs", "approvals", "voice"):
            names = [one.attname for one in model._meta.concrete_fields if one.name != "password"]
            for row in model.objects.order_by("-pk").values(*names)[:500]:
                kept = {
                    key: value
                    for key, value in row.items()
                    if not isinstance(value, bytes | memoryview)
                }
                text = json.dumps(kept, cls=DjangoJSONEncoder, ensure_ascii=False)
                found |= {one.casefold() for one in _WORD.findall(text.replace("\\n", " "))}
    return found
