"""Ringing: the demo's callers, placed one after the other through the simulator's own door."""

import itertools
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from console.demo import harbor, northwind, seeding
from runs import scope
from runs.models import Workspace
from voice import connections
from voice.models import Connection
from voice.models.connection import ConnectionKind

FEWEST, MOST = 2, 4
EVERY_S = 25.0
FIRST_S = 1.0
TIMEOUT_S = 5.0
# The simulator is on this machine: a proxy of the environment would only be in the way.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotNow(Exception):
    """The simulator or the database is not there yet; the words say which."""


@dataclass(frozen=True, slots=True)
class Ring:
    """One call to place: into which workspace, on which line, by which script."""

    slug: str
    line: str
    script: Any
    speed: float = 1.0


def rings() -> Iterator[Ring]:
    """For ever: the scripts in their order, every fifth call for the other business."""
    scripts = itertools.cycle(northwind.SCRIPTS)
    for number in itertools.count(1):
        if number % 5 == 0:
            yield Ring(harbor.SLUG, harbor.LINE, harbor.SCRIPT)
        else:
            yield Ring(northwind.SLUG, northwind.LINE, next(scripts))


def is_time(live: int, since_last: float, placed: int) -> bool:
    """The wall is never empty and never crowded."""
    if placed < FEWEST:
        return since_last >= FIRST_S or placed == 0
    if live < FEWEST:
        return since_last >= FIRST_S * 4
    return live < MOST and since_last >= EVERY_S


def live_calls(simulator_url: str) -> int:
    return int(ask(simulator_url, "/_sim/health", None)["live_calls"])


def place(ring: Ring, *, simulator_url: str, base_url: str) -> str:
    """Place the call; the simulator rings at our webhook like the provider does. Its id comes back."""
    own = door(ring.slug)
    _follow_up(ring, simulator_url)
    body = {
        "script": ring.script,
        "speed": ring.speed,
        "webhook_url": f"{base_url}/hooks/realtime/{own.id}/",
        "webhook_secret": connections.webhook_secret_of(own),
        "to": ring.line,
        "headers": [
            {"name": "x-uid", "value": f"DEMO-{secrets.token_hex(5).upper()}"},
            {"name": "x-vars", "value": "source=demo;line=main"},
        ],
    }
    return str(ask(simulator_url, "/_sim/calls", body)["call_id"])


def _follow_up(ring: Ring, simulator_url: str) -> None:
    """A colleague has done what the last call of this script asked for."""
    done = northwind.FOLLOWED_UP.get(ring.script) if isinstance(ring.script, str) else None
    if done is None:
        return
    path = f"/crm/contacts/{done['id']}"
    held = ask(simulator_url, path, None)["properties"]
    properties = {key: value for key, value in done.items() if key != "id"}
    if held.get("followup_needed"):
        ask(simulator_url, path, {"properties": properties}, method="PATCH")


def door(slug: str) -> Connection:
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise NotNow(f"there is no workspace {slug}: seed_demo has not run")
    with scope.workspace(workspace.id):
        return Connection.objects.get(kind=ConnectionKind.REALTIME, name=seeding.REALTIME)


def ask(simulator_url: str, path: str, body: Any, *, method: str = "") -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 the address is our own simulator's
        simulator_url + path,
        data=data,
        headers={"Content-Type": "application/json", "Authorization": "Bearer demo"},
        method=method or None,
    )
    try:
        with _direct.open(request, timeout=TIMEOUT_S) as answer:
            told: dict[str, Any] = json.load(answer)
            return told
    except urllib.error.HTTPError as error:
        raise NotNow(
            f"the simulator refused: {error.read(300).decode(errors='replace')}"
        ) from error
    except (OSError, ValueError) as error:
        raise NotNow(f"no simulator at {simulator_url} ({error})") from error
