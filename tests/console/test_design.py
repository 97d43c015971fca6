"""The look, recomputed from the files that are shipped: contrast, what is vendored, weight."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from console import bundles
from tests.console import style_classes
from tests.console.colours import PAIRS, contrast, tokens

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
TOKENS = tokens((STATIC / "css" / "tokens.css").read_text())
FIRST_PAGE = (ROOT / "templates" / "base.html").read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda one: f"{one.front}-on-{one.back}")
def test_a_pair_of_colours_can_be_read(pair, theme):
    ratio = contrast(TOKENS[pair.front][theme], TOKENS[pair.back][theme])
    assert ratio >= pair.least, f"{pair.front} on {pair.back}, {theme}: {ratio:.2f} < {pair.least}"


def test_every_colour_is_a_token():
    """A colour written in another file would be in no pair, and would have no dark side."""
    for path in sorted((STATIC / "css").rglob("*.css")):
        if path.name != "tokens.css":
            found = re.findall(r"(?<![\w&])#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", path.read_text())
            assert not found, f"{path.name} writes {found}: make it a token"


def test_every_token_that_is_used_is_there():
    for path in sorted((STATIC / "css").rglob("*.css")):
        text = path.read_text()
        used = set(re.findall(r"var\((--[\w-]+)\)", text))
        made = set(re.findall(r"(--[\w-]+):", text)) | set(TOKENS)
        assert used <= made | _lengths(), f"{path.name}: {used - made - _lengths()}"


def test_no_rule_is_for_a_class_that_nothing_writes():
    assert len(style_classes.known()) > 300
    assert style_classes.unwritten() == {}


def test_no_sheet_is_too_long_to_be_read():
    for path in (STATIC / "css").rglob("*.css"):
        assert path.read_text().count("\n") <= 500, f"{path.name}: split it by noun"


def _lengths() -> set[str]:
    return set(re.findall(r"(--[\w-]+):", (STATIC / "css" / "tokens.css").read_text()))


@pytest.mark.parametrize(
    "folder", [STATIC / "vendor", ROOT / "tests" / "vendor"], ids=["shipped", "tests"]
)
def test_a_vendored_file_is_what_its_licence_page_says(folder):
    rows = re.findall(
        r"^\| `([^`]+)`.*`([0-9a-f]{64})` \|$", (folder / "LICENSES.md").read_text(), re.M
    )
    assert rows
    for name, digest in rows:
        path = next(one for one in (folder / name, folder.parent / name) if one.exists())
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, name


def test_no_file_of_others_is_missing_from_the_licence_page():
    page = (STATIC / "vendor" / "LICENSES.md").read_text()
    kept = [*(STATIC / "vendor").glob("*.js"), *(STATIC / "fonts").glob("*"), STATIC / "icons.svg"]
    assert [path.name for path in kept if path.name not in page] == []


FILES = bundles.made(lambda path: (STATIC / path).read_text())
SCREENS = sorted(set(bundles.SHEETS) - {"core", "gallery"})


def packed(*texts: str) -> int:
    """Bytes on the wire, each file by itself."""
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_style_of_a_screen_stays_light(screen):
    size = packed(FILES["css/core.css"], FILES[f"css/{screen}.css"])
    assert 0 < size <= 14_000, f"{screen}: {size} bytes with gzip"


def test_our_scripts_stay_light():
    size = packed(*(text for name, text in FILES.items() if name.startswith("js/")))
    assert 0 < size <= 14_000, f"{size} bytes with gzip"


@pytest.mark.parametrize(
    ("what", "limit"), [("vendor/htmx-2.0.11.min.js", 18_000), ("icons.svg", 6_000)]
)
def test_what_else_the_first_view_loads_stays_light(what, limit):
    assert 0 < packed((STATIC / what).read_text()) <= limit


def test_the_fonts_of_latin_text_stay_light():
    """The other one loads only when one of its characters is on the page."""
    fonts = [one for one in (STATIC / "fonts").glob("*.woff2") if "latin-ext" not in one.name]
    assert 0 < sum(one.stat().st_size for one in fonts) <= 100_000


def test_nothing_is_loaded_from_elsewhere():
    for path in [*(ROOT / "templates").rglob("*.html"), *(STATIC / "css").rglob("*.css")]:
        found = re.findall(
            r"""(?:src|href)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import""",
            path.read_text(),
        )
        assert not found, f"{path.name}: {found}"


def test_no_markup_that_python_writes_carries_a_style():
    """The policy stops it without a word, so nobody would see why it does not work."""
    for path in (ROOT / "console").rglob("*.py"):
        found = re.search(r"<[a-z][^>]*\sstyle=", path.read_text())
        assert not found, f"{path}: {found and found.group(0)}"
