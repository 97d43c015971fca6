"""The crash points by name, and the calls that leave the process, both read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("approvals", "voice/action_types", "voice/dialects")
# Those that one flow through the gate passes; a dialect's are swept by its own tests.
SWEPT = ("approvals", "voice/action_types")
# Methods of clients that reach another process: each caller of one must hold a crash point.
EXTERNAL = frozenset(
    {"stream", "apply_async", "publish", "urlopen", "sendmail", "send_message", "getreply"}
)


def names(rooms: tuple[str, ...] = SWEPT) -> list[str]:
    """Every name that the code gives to `crashpoint`, in the order of the files."""
    found = [
        call.args[0].value
        for _path, tree in _trees(rooms)
        for call in _calls(tree)
        if _name(call) == "crashpoint" and call.args and isinstance(call.args[0], ast.Constant)
    ]
    return [str(one) for one in found]


def unguarded() -> list[str]:
    """Functions that make an external call without a crash point beside it."""
    return [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path, tree in _trees()
        for function in _functions(tree)
        if any(_name(call) in EXTERNAL for call in _calls(function))
        and not any(_name(call) == "crashpoint" for call in _calls(function))
    ]


def unmarked() -> list[str]:
    """Writes of an action type that do not say when their first byte leaves."""
    return [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path, tree in _trees()
        for function in _functions(tree)
        if function.name in ("send", "write")
        for call in _calls(function)
        if _name(call) in ("request", "_ask")
        and "on_wire" not in {one.arg for one in call.keywords}
    ]


def _trees(rooms: tuple[str, ...] = ROOMS) -> Iterator[tuple[Path, ast.AST]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
