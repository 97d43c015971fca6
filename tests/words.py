"""What is said on the pages, and in which languages: `python -m tests.words` brings the catalogues up to date.

It writes new sentences into every `.po` with nothing behind them, drops those that are gone, compiles
the `.mo` beside it, and says what still has to be translated.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "console" / "locale"
_HEAD = r"""# Kept by `make words`: new sentences come in empty, what is translated stays.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
_KEYWORDS = {
    "_": None,
    "_later": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def languages() -> list[str]:
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def wanted() -> Catalog:
    """Every sentence of pages and rules, with the files that say it."""
    catalog = Catalog()
    for path in _sources():
        text = path.read_text()
        if path.suffix == ".html":
            # Only the calls matter: without its indentation the rest is harmless.
            lines = templatize(text, origin=path.name).splitlines()
            text = "\n".join(line.strip() for line in lines)
        file = io.BytesIO(text.encode())
        for _line, said, _comments, context in extract("python", file, _KEYWORDS):
            if said and said != ("", ""):
                place: Any = (str(path.relative_to(ROOT)), None)
                catalog.add(said, locations=[place], context=context)
    return catalog


def _sources() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))
    for app in ("runs", "approvals", "voice", "console"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"migrations", "simulator", "stack", "gallery_samples"} & set(path.parts):
                yield path


def po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def untranslated(catalog: Catalog) -> list[Message]:
    """Sentences with nothing behind them, with a form missing, or only guessed."""
    return [one for one in catalog if one.id and (one.fuzzy or not _complete(one))]


def _complete(message: Message) -> bool:
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(forms) and len(forms) == (2 if message.pluralizable else 1)


def compiled(catalog: Catalog) -> bytes:
    """The same bytes for the same sentences, whenever they are made."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def write(language: str, catalog: Catalog) -> None:
    file = io.BytesIO()
    write_po(file, catalog, width=98, sort_output=True, omit_header=True)
    plural = f"nplurals={catalog.num_plurals}; plural={catalog.plural_expr};"
    head = _HEAD.format(language=language, plural=plural)
    po(language).write_bytes(head.encode() + file.getvalue())
    po(language).with_suffix(".mo").write_bytes(compiled(read(language)))


def update(language: str) -> Catalog:
    """The catalogue with exactly the sentences that are said now; what was translated stays."""
    old = read(language) if po(language).exists() else Catalog(locale=language)
    fresh = Catalog(locale=language, fuzzy=False)
    for one in wanted():
        if not one.id:
            continue
        known = old.get(one.id if isinstance(one.id, str) else one.id[0], one.context)
        string = known.string if known and known.pluralizable == one.pluralizable else None
        fresh.add(one.id, string or "", locations=one.locations, context=one.context)
    return fresh


def placeholders(text: str) -> list[str]:
    """The parts that are filled in; a translation has the same."""
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|%%", text))


def main() -> int:
    left = 0
    for language in languages():
        catalog = update(language)
        write(language, catalog)
        empty = untranslated(catalog)
        for one in empty:
            print(f"{language}: {one.id!r} of {one.locations[0][0]}")
        print(f"{language}: {len(catalog)} sentences, {len(empty)} to be translated")
        left += len(empty)
    return 1 if left else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.exit(main())
