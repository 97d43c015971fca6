"""How scripts and style sheets are put together: whole, in order, and nothing that was not understood."""

import re
from pathlib import Path

import pytest

from console import bundles

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")


def read(path: str) -> str:
    return (STATIC / path).read_text()


FILES = bundles.made(read)


def source(**modules: str):
    return lambda path: modules[Path(path).stem]


def test_a_module_comes_before_what_imports_it_and_only_once():
    text = bundles.script(
        "app",
        source(
            app='import { b } from "./b.js";\nimport { c as other } from "./c.js";\nb(other);\n',
            b='import { c } from "./c.js";\nexport function b() { c(); }\n',
            c="// says nothing\nexport const c = () => 1;\n",
        ),
    )
    assert text.index("$c=") < text.index("$b=") < text.index("$app=")
    assert text.count("$c=(") == 1
    assert "{c:other}=$c" in text
    assert "says nothing" not in text


@pytest.mark.parametrize(
    "line",
    [
        'import x from "./b.js";',
        "export default 1;",
        "export { a };",
        'const x = import("./b.js");',
    ],
)
def test_what_cannot_be_joined_is_an_error_that_names_it(line):
    with pytest.raises(bundles.BundleError, match=r"js/app\.js"):
        bundles.script("app", source(app=line + "\n", b=""))


def test_a_circle_is_an_error_that_shows_it():
    with pytest.raises(bundles.BundleError, match="app > b > app"):
        bundles.script(
            "app",
            source(app='import { b } from "./b.js";\n', b='import { a } from "./app.js";\n'),
        )


def test_a_number_that_has_a_name_is_written_where_it_is_used():
    lines = (
        "const MOST_MS = 15_000; // why",
        "let open = true;",
        "setTimeout(go, MOST_MS);",
        'go("[a=true]", false);',
    )
    text = bundles.script("app", source(app="\n".join(lines) + "\n"))
    assert "setTimeout(go,15000);" in text
    assert "let open=!0;" in text
    assert 'go("[a=true]",!1);' in text
    assert "MOST_MS" not in text


def test_every_module_of_ours_is_in_the_script():
    for path in (STATIC / "js").glob("*.js"):
        assert f"${path.stem}=" in FILES["js/app.js"], f"nothing imports {path.name}"


def test_a_space_that_means_something_stays():
    css = '.a :is(td, th) > p { margin: 0 calc(1px + 2px); content: "x : y ; z"; } /* no */'
    assert bundles.shorten(css) == (
        '.a :is(td,th) > p{margin:0 calc(1px + 2px);content:"x : y ; z"}'
    )


def test_every_style_sheet_is_on_some_page():
    listed = {one for names in bundles.SHEETS.values() for one in names}
    there = {str(path.relative_to(STATIC / "css"))[:-4] for path in (STATIC / "css").rglob("*.css")}
    assert listed == there, "name it in console/bundles.py SHEETS"


def test_every_file_that_a_template_names_is_there():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        named = re.findall(r"{% static '([^']+)' %}", text)
        named += [f"css/{name}.css" for name in re.findall(r'{% sheet "(\w+)" %}', text)]
        missing = [one for one in named if one not in FILES and not (STATIC / one).exists()]
        assert not missing, f"{path.name} names {missing}"


def reached(name: str, seen: set[str]) -> set[str]:
    """A template with all that it includes and extends."""
    if name not in seen:
        seen.add(name)
        text = (TEMPLATES / name).read_text()
        for found in re.findall(r"""{% (?:include|extends) ["']([^"']+)["']""", text):
            reached(found, seen)
    return seen


def pages():
    for path in sorted((TEMPLATES / "console").rglob("*.html")):
        text = path.read_text()
        if "{% extends" in text and "gallery" not in path.name:
            yield str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("page", list(pages()))
def test_a_page_loads_the_sheets_of_the_classes_that_it_uses(page):
    """A class that only another screen's sheet knows would be drawn without it."""
    texts = [(TEMPLATES / name).read_text() for name in reached(page, set())]
    loaded = [name for text in texts for name in re.findall(r'{% sheet "(\w+)" %}', text)]
    known = {
        name: set(_CLASS.findall(re.sub(r"{[^{}]*}", ";", FILES[f"css/{name}.css"])))
        for name in bundles.SHEETS
    }
    here = set().union(*(known[name] for name in ("core", *loaded)))
    used = {
        word
        for text in texts
        for value in re.findall(r'class="([^"]*)"', text)
        for word in re.sub(r"{[%{].*?[%}]}", " ", value).split()
    }
    lost = sorted(used & (set().union(*known.values()) - here))
    assert not lost, f"{page} uses {lost}: load their sheet, or move them to screens/parts.css"


def test_what_only_the_readme_shows_is_not_served():
    shown = re.findall(r"!\[[^]]+\]\(static/([^)]+)\)", (STATIC.parent / "README.md").read_text())
    assert len(shown) == 3
    for name in shown:
        assert not bundles.is_served(name), name
        assert 0 < (STATIC / name).stat().st_size <= 120_000, name
    assert bundles.is_served("icons.svg")
