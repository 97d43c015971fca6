"""What the browser loads: scripts and style sheets joined by screen, small, under hashed names.

Sources stay one subject a file under `static/`; collecting them makes the files that pages name.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

Read = Callable[[str], str]

# Which sheets of static/css a page loads: "core" always, one more by its screen.
_CORE = ("tokens", "base", *(f"layout/{name}" for name in ("frame", "rail", "topbar", "panes")))
_COMPONENTS = ("buttons", "pills", "voice", "cards", "forms", "tables", "dialogs")
_EVERYWHERE = ("shell", "entry", "command", "settings", "preferences", "parts", "lists")
_APPROVALS = ("transcript", "queue", "review", "diff", "decision", "bulk")
_CALLS = ("call", "transcript", "intake", "summary", "promises", "handoff", "comments")
_LIVE = ("tiles", "wall", "listed", "call", "dock", "transcript", "intake", "handoff")
_RUNS = ("run", "steps", "replay", "effect", "json")


def _screens(*names: str) -> tuple[str, ...]:
    return tuple(f"screens/{name}" for name in dict.fromkeys(names))


SHEETS: dict[str, tuple[str, ...]] = {
    "core": (
        *(*_CORE, *(f"components/{name}" for name in _COMPONENTS)),
        *(*_screens(*_EVERYWHERE), "utilities"),
    ),
    "live": _screens(*_LIVE),
    "approvals": _screens(*_APPROVALS),
    "calls": _screens(*_CALLS),
    "runs": _screens(*_RUNS),
    "promises": _screens("promises"),
    "reference": _screens("reference"),
    "gallery": _screens("gallery", *_LIVE, *_APPROVALS, *_CALLS, *_RUNS),
}
SCRIPTS = ("app",)
# Pictures that stand beside the text of the project; no page shows them.
NOT_SERVED = ("readme/",)

_SHORT = {
    "document.getElementById(": "$1",
    "document.querySelectorAll(": "$2",
    "document.querySelector(": "$3",
    "document.createElement(": "$4",
    "document.addEventListener(": "$5",
}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"""("[^"\n]*"|'[^'\n]*')""")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function\*?|const|class) (\w+)", re.MULTILINE)
_NUMBER = re.compile(r"^(const ([A-Z][A-Z_]*) = ([\d_]+);.*\n)", re.MULTILINE)
# Not within quotes, where an equals sign belongs to a selector.
_TRUTH = re.compile(r"""(?<=[:,=(])(?:true|false)(?=[;,)}])""")
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
    sources: dict[str, str] = {}
    _visit(entry, read, sources, ())
    given = Counter(name for text in sources.values() for _kind, name in _EXPORT.findall(text))
    shared = {name for name, times in given.items() if times == 1}
    return _brief(rjsmin.jsmin("\n".join(_wrap(*one, shared) for one in sources.items())))


def _brief(text: str) -> str:
    """What is written most often, by its shortest name; every statement of ours ends with a semicolon."""
    for long, short in _SHORT.items():
        text = text.replace(long, f"{short}(")
    text = _TRUTH.sub(lambda found: "!0" if found[0] == "true" else "!1", text)
    helpers = ",".join(f"{short}=(...a)=>{long}...a)" for long, short in _SHORT.items())
    whole = re.sub(r"\bconst\b", "let", f"let {helpers};{text}").replace("}\n", "}")
    # The last statement of a block needs none; no loop of ours has an empty body.
    return whole.replace(";}", "}")


def _visit(name: str, read: Read, sources: dict[str, str], above: tuple[str, ...]) -> None:
    if name in sources:
        return
    if name in above:
        raise BundleError(f"js/{name}.js imports itself: {' > '.join((*above, name))}")
    text = read(f"js/{name}.js")
    for _names, needed in _IMPORT.findall(text):
        _visit(needed, read, sources, (*above, name))
    sources[name] = text


def _wrap(name: str, text: str, shared: set[str]) -> str:
    """What only one module gives is there for all that follow; the rest is taken by who imports it."""
    exported = [found for _kind, found in _EXPORT.findall(text)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(lambda found: _taken(found, shared), text))
    body = _inlined(body)
    left = _LEFT.search(body)
    if left:
        raise BundleError(f'js/{name}.js: write `import {{ a }} from "./b.js";`, not {left[0]!r}')
    made = f"const ${name} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"
    outside = [one for one in exported if one in shared]
    return f"{made}\nconst {{ {', '.join(outside)} }} = ${name};" if outside else made


def _inlined(body: str) -> str:
    """Numbers that a module names for its readers, where they are used."""
    for line, name, number in _NUMBER.findall(body):
        body = re.sub(rf"\b{name}\b", number.replace("_", ""), body.replace(line, ""))
    return body


def _taken(found: re.Match[str], shared: set[str]) -> str:
    wanted = [" ".join(one.split()) for one in found[1].split(",") if one.strip()]
    names = [one.replace(" as ", ": ") for one in wanted if one not in shared]
    return f"const {{ {', '.join(names)} }} = ${found[2]};\n" if names else ""


def made(read: Read) -> dict[str, str]:
    """Every file that is joined, by the path that pages name."""
    sheets = {f"css/{name}.css": sheet(name, read) for name in SHEETS}
    return {**sheets, **{f"js/{name}.js": script(name, read) for name in SCRIPTS}}


def is_source(path: str) -> bool:
    """Whether a file only serves to be joined."""
    return posixpath.splitext(path)[1] in (".css", ".js") and path.startswith(("css/", "js/"))


def is_served(path: str) -> bool:
    """As it is, under a name made of its content."""
    return not is_source(path) and not path.startswith(NOT_SERVED)


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Joins first, then names by content and compresses, as whitenoise does."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, Any]]:
        if dry_run:
            return
        files = made(self._text)
        kept = {name: where for name, where in paths.items() if is_served(name)}
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
