"""Rules that hold everywhere. Each failing line says what to do."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
APPS = ("runs", "approvals", "voice", "console")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
README = ROOT / "README.md"


def product_files() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("app", ["runs", "approvals"])
def test_an_app_says_what_lives_there(app):
    tree = ast.parse((ROOT / app / "__init__.py").read_text())
    assert ast.get_docstring(tree), f"say in {app}/__init__.py what lives there"


@pytest.mark.parametrize("path", product_files(), ids=name_of)
def test_a_file_stays_below_300_lines(path):
    lines = path.read_text().count("\n")
    assert lines <= 300, f"{name_of(path)} has {lines} lines: look for the second noun in it"


@pytest.mark.parametrize(
    "model",
    [m for m in apps.get_models() if m._meta.app_label in APPS],
    ids=lambda m: m.__name__,
)
def test_a_model_says_how_long_its_rows_live(model):
    assert getattr(model, "retention", ""), f"give {model.__name__} a `retention`"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_no_inline_script_or_style(path):
    text = path.read_text()
    for pattern in (
        r"<style\b",
        r"\sstyle=",
        r"<script(?![^>]*\bsrc=)",
        r"\son[a-z]+=",
        r"\|\s*safe\b",
    ):
        found = re.search(pattern, text)
        assert not found, f"{name_of(path)}: {found.group(0)!r} is blocked by the content policy"


def test_every_setting_is_in_the_readme():
    text = (ROOT / "console" / "settings.py").read_text()
    names = set(re.findall(r'env(?:_flag)?\(\s*"([A-Z_]+)"', text))
    missing = sorted(name for name in names if f"`{name}`" not in README.read_text())
    assert not missing, f"describe {missing} in the README's table of settings"


def test_every_room_is_in_the_readme():
    text = README.read_text()
    missing = [app for app in APPS if f"**{app}**" not in text]
    assert not missing, f"name {missing} in the README's table of rooms"


def test_the_readme_names_no_file_that_is_not_there():
    paths = re.findall(
        r"`((?:runs|approvals|voice|console|tests)/[\w/]+(?:\.py|/))`", README.read_text()
    )
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing, f"README names {missing}, which is not there"


def test_every_event_kind_is_a_noun_and_a_past():
    from runs.kinds import KINDS

    odd = [kind for kind in KINDS if not re.fullmatch(r"[a-z_]+\.[a-z_]+", kind)]
    assert not odd
