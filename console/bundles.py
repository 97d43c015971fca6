"""What the browser loads: scripts and style sheets joined by screen, small, under hashed names.

Sources stay one subject a file under `static/`; collecting them makes the files that pages name.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

Read = Callable[[str], str]

# Which sheets of static/css a page loads: "core" always, one more by its screen.
SHEETS: dict[str, tuple[str, ...]] = {
    "core": (
        *("tokens", "base", "layout", "components"),
        *("screens/shell", "screens/parts", "screens/lists", "utilities"),
    ),
    "live": ("screens/wall", "screens/call"),
    "approvals": ("screens/call", "screens/approvals"),
    "calls": ("screens/call", "screens/summary"),
    "runs": ("screens/run",),
    "reference": ("screens/reference",),
    "gallery": (
        *("screens/wall", "screens/call", "screens/approvals"),
        *("screens/summary", "screens/run"),
    ),
}
SCRIPTS = ("app",)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"""("[^"\n]*"|'[^'\n]*')""")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function\*?|const|class) (\w+)", re.MULTILINE)
_LEFT = re.compile(r"^\s*(?:import|export)\b.*|.*\bimport\(.*", re.MULTILINE)


class BundleError(Exception):
    """A source that cannot be joined, with its name and the line."""


def sheet(name: str, read: Read) -> str:
    """One style sheet of a page; `read` gives the text of a path below static/."""
    return "".join(shorten(read(f"css/{one}.css")) for one in SHEETS[name])


def shorten(css: str) -> str:
    """Without comments and needless spaces. A space before a colon stays: `td :is(a)` is not `td:is(a)`."""
    parts = _QUOTED.split(_COMMENT.sub("", css))
    for place in range(0, len(parts), 2):
        spaced = re.sub(r"\s+", " ", parts[place])
        tight = re.sub(r" ?([{};]) ?", r"\1", spaced)
        parts[place] = re.sub(r"([:,]) ", r"\1", tight).replace(";}", "}")
    return "".join(parts).strip()


def script(entry: str, read: Read) -> str:
    """A module and all that it imports as one script, each module once and in a scope of its own."""
    done: dict[str, str] = {}
    _visit(entry, read, done, ())
    return str(rjsmin.jsmin("\n".join(done.values())))


def _visit(name: str, read: Read, done: dict[str, str], above: tuple[str, ...]) -> None:
    if name in done:
        return
    if name in above:
        raise BundleError(f"js/{name}.js imports itself: {' > '.join((*above, name))}")
    text = read(f"js/{name}.js")
    for _names, needed in _IMPORT.findall(text):
        _visit(needed, read, done, (*above, name))
    done[name] = _wrap(name, text)


def _wrap(name: str, text: str) -> str:
    exported = [found for _kind, found in _EXPORT.findall(text)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(_taken, text))
    left = _LEFT.search(body)
    if left:
        raise BundleError(f'js/{name}.js: write `import {{ a }} from "./b.js";`, not {left[0]!r}')
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"


def _taken(found: re.Match[str]) -> str:
    names = " ".join(found[1].split()).replace(" as ", ": ")
    return f"const {{ {names} }} = ${found[2]};\n"


def made(read: Read) -> dict[str, str]:
    """Every file that is joined, by the path that pages name."""
    sheets = {f"css/{name}.css": sheet(name, read) for name in SHEETS}
    return {**sheets, **{f"js/{name}.js": script(name, read) for name in SCRIPTS}}


def is_source(path: str) -> bool:
    """Whether a file only serves to be joined."""
    return posixpath.splitext(path)[1] in (".css", ".js") and path.startswith(("css/", "js/"))


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Joins first, then names by content and compresses, as whitenoise does."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, Any]]:
        if dry_run:
            return
        files = made(self._text)
        kept = {name: where for name, where in paths.items() if not is_source(name)}
        for name in paths.keys() - kept.keys():
            self.delete(name)
        for name, text in files.items():
            self.delete(name)
            self._save(name, ContentFile(text.encode()))
            kept[name] = (self, name)
        yield from super().post_process(kept, dry_run, **options)

    def url(self, name: str, force: bool = False) -> str:
        """The hashed name always: pages are the same while debugging."""
        return str(super().url(name, force=True))

    def _text(self, name: str) -> str:
        with self.open(name) as file:
            return str(file.read().decode())
