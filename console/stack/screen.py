"""What the terminal shows: the runner's own lines, warnings of the children, and how to sign in."""

import json
import re
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_WIDTH = 200
# Lines that say nothing to the person at the terminal; each child's log has them all.
_CALM = re.compile(
    r"\b(INFO|DEBUG)\b"
    r'|"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|WS\w*) '  # requests
    r"|^\s*$|SecurityWarning|_warn_or_raise_security|superuser privileges|not recommended!|uid="
    r"|^Please specify a different user|^User information"
)
_STAMP = re.compile(r"^\[?\d{4}-\d\d-\d\d[ T][\d:,.]+:?\s*")
_lock = threading.Lock()


def say(line: str) -> None:
    """A line of the runner itself. A terminal that went away is no reason to stop."""
    with _lock:
        try:
            print(line, flush=True)
        except OSError:
            sys.stdout = open("/dev/null", "w")  # noqa: SIM115 - for the rest of this process


def echo(name: str, line: str) -> None:
    """A line of a child, short; the whole is in its log. Calm lines stay there."""
    if _CALM.search(line):
        return
    short = _STAMP.sub("", line)
    say(f"{name:>11} | {short[:_WIDTH]}{'…' if len(short) > _WIDTH else ''}")


def read_demo(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _people(demo: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            str(person.get(column, ""))
            for column in ("name", "role", "workspace", "email", "password")
        ]
        for person in demo.get("people", [])
    ]
    titles = ["person", "role", "workspace", "e-mail", "password"]
    widths = [max(len(row[at]) for row in [titles, *rows]) for at in range(len(titles))]
    return [
        "  "
        + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in [titles, *rows]
    ]


def show_welcome(*, url: str, demo: Mapping[str, Any], logs: Path) -> None:
    lines = ["", f"Readback is ready: {url}", ""]
    if demo.get("people"):
        lines += [*_people(demo), ""]
    if demo.get("api_key"):
        lines += [f"  API key: {demo['api_key']}", ""]
    lines += [f"  Logs: {logs}", "  Stop: Ctrl-C (what was recorded is kept)", ""]
    for line in lines:
        say(line)
