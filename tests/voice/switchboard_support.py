"""A simulator and switchboards as processes, and the webhook delivered through the real view."""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection
from django.test import RequestFactory

from console.stack import ports, programs
from console.stack.process import Process, Program, wait_until_ready
from runs import chain, ledger, scope
from runs.models import Event
from runs.models.workspace import Workspace
from tests import factories, people
from tests.servers import Servers
from voice import connections
from voice.api import webhooks as view
from voice.models import Call, Connection, Turn
from voice.simulator.webhooks import sign

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
CALLER, CALLED = "+447700900118", "+441134960000"


@dataclass
class Line:
    """One workspace with a number, a published release and a signed door."""

    workspace: Workspace
    connection: Connection

    def deliver(self, body: bytes, **changes: Any) -> int:
        return deliver(self.connection.id, body, **changes)


def make_line() -> Line:
    slug = f"northwind-{uuid.uuid4().hex[:8]}"
    workspace = people.make_workspace(slug, "Northwind Heating")
    at = scope.now()
    with scope.workspace(workspace.id):
        release = factories.make_release(workspace, at)
        connection = connections.put(
            workspace.id, kind="realtime", name="default", at=at, webhook_secret=SECRET
        )
        factories.make_number(workspace, release, connection)
    return Line(workspace, connection)


def incoming(call_id: str, **headers: str) -> bytes:
    pairs = {
        "From": f'"Dana Whitfield" <sip:{CALLER}@carrier.example.test>;tag=9f2',
        "To": f"<sip:{CALLED}@sip.api.openai.com>",
        **headers,
    }
    sip_headers = [{"name": name, "value": value} for name, value in pairs.items()]
    event = {
        "object": "event",
        "id": f"evt_{uuid.uuid4().hex}",
        "type": "realtime.call.incoming",
        "created_at": int(time.time()),
        "data": {"call_id": call_id, "sip_headers": sip_headers},
    }
    return json.dumps(event).encode()


def deliver(
    connection_id: uuid.UUID,
    body: bytes,
    *,
    webhook_id: str = "",
    secret: str = SECRET,
    age: int = 0,
    **headers: str,
) -> int:
    webhook_id = webhook_id or f"wh_{uuid.uuid4().hex}"
    stamp = int(time.time()) - age
    request = RequestFactory().post(
        f"/hooks/realtime/{connection_id}/",
        data=body,
        content_type="application/json",
        headers={
            "webhook-id": webhook_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(secret, webhook_id, stamp, body),
            **headers,
        },
    )
    return view.receive(request, connection_id).status_code


@dataclass
class Exchange:
    """The processes of a test; all of them are gone after it."""

    servers: Servers
    port: int = field(default_factory=ports.any_free)
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **changes: str) -> dict[str, str]:
        own = {k: v for k, v in self.servers.environment().items() if k != "DATABASE_OWNER_URL"}
        settings = {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": "test-key",
        }
        return programs.base_env(**{**own, **settings, **changes})

    def start(self, name: str, *, hasty: bool = False, **changes: str) -> Process:
        env = self.environment(**changes)
        argv = [sys.executable, "-m", "tests.voice.hasty", "--owner", name]
        if name == "simulator":
            program = programs.simulator(env, self.port, self.servers.home / "sim.json")
        elif hasty:
            program = Program(name, argv, env, programs.ROOT, ready_line="switchboard ready")
        else:
            program = programs.manage(
                name, "switchboard", "--owner", name, env=env, ready_line="switchboard ready"
            )
        log = self.servers.home / "log" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        process = Process(program, guard=self.servers.guard, log=log)
        self.processes[name] = process
        wait_until_ready(process, within=60)
        return process

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def place(self, script: Any, *, speed: float = 30, seed: int = 7, **options: Any) -> str:
        body = {"script": script, "speed": speed, "seed": seed, "from": CALLER, "to": CALLED}
        return str(self.ask("/_sim/calls", {**body, **options})["call_id"])

    def judge(self, call_id: str) -> Any:
        return self.ask(f"/_sim/calls/{call_id}")

    def ring(self, line: Line, script: Any, **options: Any) -> str:
        call_id = self.place(script, **options)
        assert line.deliver(incoming(call_id)) == 200
        return call_id


def until(line: Line, call_id: str, met: Callable[[Call], bool], *, within: float = 60) -> Call:
    """The call once the condition holds."""
    deadline = time.monotonic() + within
    call = None
    while time.monotonic() < deadline:
        close_old_connections()
        with scope.workspace(line.workspace.id):
            call = Call.objects.select_related("run").filter(provider_call_id=call_id).first()
            if call is not None and met(call):
                return call
        time.sleep(0.05)
    raise AssertionError(f"not met within {within} s: {call and call.__dict__}")


def ended(call: Call) -> bool:
    return call.state in ("ended", "missed", "failed")


def let_lease_run_out(line: Line, call: Call) -> None:
    """As if the fifteen seconds were over."""
    close_old_connections()
    with scope.workspace(line.workspace.id):
        with connection.cursor() as cursor:
            # An owner that hung inside a transaction keeps its lock until the database ends it (15 s).
            cursor.execute("SET LOCAL lock_timeout = '25s'")
            cursor.execute("SET LOCAL statement_timeout = '30s'")
        Call.objects.filter(id=call.id).update(lease_until=scope.now())


def turns(line: Line, call: Call) -> list[Turn]:
    with scope.workspace(line.workspace.id):
        return list(Turn.objects.filter(call_id=call.id).order_by("position"))


def kinds(line: Line, call: Call) -> list[str]:
    with scope.workspace(line.workspace.id):
        return [one.kind for one in ledger.events_after(call.run_id, 0, limit=5000)]


def lines(line: Line, call: Call, kind: str) -> list[dict[str, Any]]:
    with scope.workspace(line.workspace.id):
        found = ledger.events_after(call.run_id, 0, limit=5000)
    return [one.body for one in found if one.kind == kind]


def check_chain(line: Line, call: Call) -> None:
    """Gapless from 1, every link whole, and the run knows the end."""

    with scope.workspace(line.workspace.id):
        events = list(Event.objects.filter(run_id=call.run_id).order_by("number"))
        call.run.refresh_from_db()
    assert [one.number for one in events] == list(range(1, len(events) + 1))
    head = chain.GENESIS
    for one in events:
        digest = chain.seal(one.payload or "", bytes(one.salt or b""))
        head = chain.join(head, digest)
        assert digest == bytes(one.digest)
        assert head == bytes(one.hash), one.number
    assert call.run.last_number == len(events)
    assert bytes(call.run.head) == head
