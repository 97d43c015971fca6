"""The crash points by name, and the calls that leave the process, both read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("runs", "approvals", "voice", "console")
# Programs beside the product: they start it, fill it or stand for the other side.
BESIDE = ("voice/simulator", "console/stack", "console/demo", "console/management")
# Where effects are written to the wire.
SENDERS = ("approvals", "voice/action_types", "voice/dialects")
# Calls that reach another process, by the end of their dotted name: each caller holds a crash point.
EXTERNAL = frozenset(
    {
        # receivers: HTTP and mail
        "stream", "getreply", "sendmail", "send_message", "send_mail", "urlopen",
        # the realtime provider
        "calls.accept", "calls.reject", "calls.hangup", "calls.refer", "manager.enter",
        "_connection.send", "responses.create",
        # bells: Celery and the live bus
        "apply_async", "send_task", "after_call.delay", "pipe.execute",
    }
)  # fmt: skip
CLIENTS = frozenset(
    {"aiohttp", "http.client", "httpx", "httpx2", "kombu", "openai", "redis", "requests", "smtplib"}
    | {"celery.current_app", "django.core.mail", "urllib.request", "websockets"}
)
# Every module that knows a client library, and what for.
DOORS = {
    "approvals/action_types.py": "names its types",
    "approvals/delivery.py": "names its types",
    "approvals/doorbell.py": "calls",
    "approvals/egress.py": "is the transport under `wire`",
    "approvals/notices.py": "calls",
    "approvals/wire.py": "calls",
    "console/broker.py": "is the transport under Celery",
    "runs/bus.py": "calls",
    "runs/live/hub.py": "listens",
    "runs/live/subscription.py": "listens",
    "voice/action_types/create_task.py": "names its types",
    "voice/action_types/update_contact.py": "names its types",
    "voice/bell.py": "calls",
    "voice/dialects/contact_dialect.py": "names its types",
    "voice/dialects/house_crm.py": "names its types",
    "voice/dialects/hubspot.py": "names its types",
    "voice/dialects/salesforce.py": "names its types",
    "voice/dialects/smtp.py": "calls",
    "voice/realtime/openai.py": "calls",
    "voice/realtime/text.py": "calls",
    "voice/switchboard/owner.py": "listens",
}


def names() -> list[str]:
    """Every name that the code gives to `crashpoint`, in the order of the files."""
    found = [
        call.args[0].value
        for _path, tree in _trees()
        for call in _calls(tree)
        if _dotted(call) == "crashpoint" and call.args and isinstance(call.args[0], ast.Constant)
    ]
    return [str(one) for one in found]


def unguarded() -> list[str]:
    """Functions that make an external call without a crash point beside it."""
    return [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path, tree in _trees()
        for function in _functions(tree)
        if any(_leaves(call) for call in _calls(function))
        and not any(_dotted(call) == "crashpoint" for call in _calls(function))
    ]


def doors() -> dict[str, bool]:
    """Modules that know a client library, and whether they make an external call."""
    return {
        str(path.relative_to(ROOT)): any(_leaves(call) for call in _calls(tree))
        for path, tree in _trees()
        if any(_is_client(name) for name in _imports(tree))
    }


def unmarked() -> list[str]:
    """Writes of an action type that do not say when their first byte leaves."""
    return [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path, tree in _trees(SENDERS)
        for function in _functions(tree)
        if function.name in ("send", "write")
        for call in _calls(function)
        if _dotted(call).rpartition(".")[2] in ("request", "_ask")
        and "on_wire" not in {one.arg for one in call.keywords}
    ]


def _leaves(call: ast.Call) -> bool:
    name = _dotted(call)
    return any(name == one or name.endswith(f".{one}") for one in EXTERNAL)


def _is_client(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in CLIENTS)


def _trees(rooms: tuple[str, ...] = ROOMS) -> Iterator[tuple[Path, ast.AST]]:
    beside = {ROOT / one for one in BESIDE}
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not beside & set(path.parents):
                yield path, ast.parse(path.read_text())


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _dotted(call: ast.Call) -> str:
    """`self._client.realtime.calls.accept(…)` as it is written, as far as it is names; "" where none."""
    parts: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))
