"""Which classes the style sheets know, and which ones pages, scripts and our Python can write."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CSS = ROOT / "static" / "css"

_NAME = r"[A-Za-z_][\w-]*"
_ATTRIBUTE = re.compile(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', re.DOTALL)
_LITERAL = re.compile(r"""["'`]([^"'`\n]*)["'`]""")
# `{% icon name "icon-14" %}`: what a tag is given may be a class.
_TAG = re.compile(r"\{% (?:icon|include|timer) [^%]*%\}")


def known() -> dict[str, str]:
    """Each class that a rule names, with the sheet that does."""
    found: dict[str, str] = {}
    for path in sorted(CSS.rglob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for head in re.findall(r"([^{};]+)\{", text):
            if "@" not in head:
                found |= dict.fromkeys(re.findall(rf"\.({_NAME})", head), path.name)
    return found


def unwritten() -> dict[str, str]:
    """Classes of the sheets that nothing writes; `field-{{ … }}` may write all that begin with `field-`."""
    attributes = [one for text in _sources() for one in _ATTRIBUTE.findall(text)]
    words = set(re.findall(_NAME, "\n".join([*attributes, *_others()])))
    begun = tuple(set(re.findall(rf"({_NAME}-)(?=\{{)", "\n".join(attributes))))
    return {
        name: sheet
        for name, sheet in known().items()
        if name not in words and not name.startswith(begun)
    }


def _sources() -> Iterator[str]:
    for folder, kind in (("templates", "html"), ("console", "py"), ("static/js", "js")):
        yield from (path.read_text() for path in (ROOT / folder).rglob(f"*.{kind}"))


def _others() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        yield from _TAG.findall(path.read_text())
    for folder, kind in (("console", "py"), ("static/js", "js")):
        for path in (ROOT / folder).rglob(f"*.{kind}"):
            yield from _LITERAL.findall(path.read_text())
