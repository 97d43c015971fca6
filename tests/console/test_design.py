"""The look, recomputed from the files that are shipped: contrast, what is vendored, weight."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

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
    for path in sorted((STATIC / "css").glob("*.css")):
        if path.name != "tokens.css":
            found = re.findall(r"(?<![\w&])#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", path.read_text())
            assert not found, f"{path.name} writes {found}: make it a token"


def test_every_token_that_is_used_is_there():
    for path in sorted((STATIC / "css").glob("*.css")):
        text = path.read_text()
        used = set(re.findall(r"var\((--[\w-]+)\)", text))
        made = set(re.findall(r"(--[\w-]+):", text)) | set(TOKENS)
        assert used <= made | _lengths(), f"{path.name}: {used - made - _lengths()}"


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


@pytest.mark.parametrize(
    ("what", "patterns", "limit"),
    [
        ("all scripts", ["js/*.js", "vendor/*.js"], 32_000),
        ("our scripts", ["js/*.js"], 14_000),
        ("style sheets", ["css/*.css"], 14_000),
        ("icons", ["icons.svg"], 6_000),
    ],
)
def test_what_the_first_view_loads_stays_light(what, patterns, limit):
    """Measured as one stream, as the words are the same in many files."""
    whole = b"".join(one.read_bytes() for pattern in patterns for one in STATIC.glob(pattern))
    size = len(gzip.compress(whole, 9))
    assert 0 < size <= limit, f"{what}: {size} bytes with gzip, {limit} allowed"


def test_the_fonts_of_latin_text_stay_light():
    """The other one loads only when one of its characters is on the page."""
    fonts = [one for one in (STATIC / "fonts").glob("*.woff2") if "latin-ext" not in one.name]
    assert 0 < sum(one.stat().st_size for one in fonts) <= 100_000


def test_nothing_is_loaded_from_elsewhere():
    for path in [*(ROOT / "templates").rglob("*.html"), *(STATIC / "css").glob("*.css")]:
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
