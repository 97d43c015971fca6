"""What tests of the gate share: the receivers as a real server, a business that is set up, a wish."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from approvals import disclosure, drain, proposals, reading
from approvals.contents import Change, Content, Effect
from approvals.models import OutboxEntry, Proposal
from runs import people, releases, scope, steps
from runs.models import Evidence, Run, Workspace
from runs.people import Actor
from tests import factories
from tests.people import House, make_person, make_workspace
from voice import connections

MOBILE, NEW_MOBILE = "+44 7700 900118", "+44 7700 900181"
_serial = iter(range(1, 10_000))


@dataclass
class Receivers:
    """The CRM and the mail service as another process, and the judge who counts what they did."""

    url: str
    process: "subprocess.Popen[str]"

    def post(self, path: str, **body: Any) -> Any:
        return self._send("POST", path, body)

    def patch_contact(self, contact: str, **properties: Any) -> Any:
        return self._send("PATCH", f"/crm/contacts/{contact}", {"properties": properties})

    def misbehave(self, receiver: str, mode: str, **options: Any) -> None:
        self.post(f"/_sim/receivers/{receiver}", mode=mode, **options)

    def effects(self, receiver: str, entry: OutboxEntry) -> int:
        """How often the effect of this entry really happened."""
        return self._of(receiver, entry)["effects"]

    def requests(self, receiver: str, entry: OutboxEntry) -> int:
        return self._of(receiver, entry)["requests"]

    def contact(self, contact: str) -> dict[str, Any]:
        found = {one["id"]: one for one in self.judge()["crm"]["contacts"]}
        properties: dict[str, Any] = found[contact]["properties"]
        return properties

    def judge(self) -> Any:
        return self._send("GET", "/_sim/effects")

    def call(self, call_id: str) -> dict[str, Any]:
        """What the provider knows of a call."""
        found: dict[str, Any] = self._send("GET", f"/_sim/calls/{call_id}")
        return found

    def rings(self, call_id: str) -> bool:
        """Whether the provider knows of the call."""
        calls = self._send("GET", "/_sim/calls")["calls"]
        return any(one["id"] == call_id for one in calls)

    def _of(self, receiver: str, entry: OutboxEntry) -> dict[str, int]:
        by_key: dict[str, dict[str, int]] = self.judge()[receiver]["by_key"]
        return by_key.get(str(entry.id), {"requests": 0, "effects": 0})

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": "Bearer judge"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


@contextmanager
def running() -> Iterator[Receivers]:
    argv = [sys.executable, "-m", "voice.simulator"]
    env = {key: value for key, value in os.environ.items() if not key.endswith("_proxy")}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "simulator ready on " in line, line
        try:
            yield Receivers(line.split("simulator ready on ")[1].strip(), process)
        finally:
            process.kill()


@dataclass
class Office:
    """A workspace whose connections lead to the receivers."""

    house: House
    release: Any

    @property
    def workspace(self) -> Workspace:
        return self.house.workspace

    @property
    def lena(self) -> Actor:
        return self.house.actor("lena")

    @property
    def agent(self) -> Actor:
        return people.agent("intake", self.workspace.id)

    def scope(self) -> Any:
        return scope.workspace(self.workspace.id)


def open_office(
    url: str = "http://127.0.0.1:9", content: releases.Content = factories.CONTENT, hold: int = 0
) -> Office:
    """A house of its own for each test: committed rows of others do not meet it."""
    number = next(_serial)
    slug = f"north-{os.getpid()}-{number}"
    workspace = make_workspace(slug, "Northwind Heating")
    Workspace.objects.filter(id=workspace.id).update(hold_seconds=hold)
    workspace.hold_seconds = hold
    users = {
        "olive": make_person(workspace, "Olive Brandt", "operator"),
        "lena": make_person(workspace, "Lena Fischer", "support_lead"),
        "mei": make_person(workspace, "Mei Kato", "support_lead"),
        "adam": make_person(workspace, "Adam Reyes", "admin"),
    }
    house = House(workspace, users)
    with scope.workspace(workspace.id):
        at = scope.now()
        # Two names of one server: two hosts to the outbox, as in the world.
        mail = url.replace("127.0.0.1", "localhost")
        for kind, address in (("crm", f"{url}/crm"), ("mail", mail)):
            connections.put(
                workspace.id, kind=kind, name=kind, base_url=address, secret="sk-test", at=at
            )
        release = factories.make_release(workspace, at, at_once(content, hold))
    return Office(house, release)


@contextmanager
def closing(office: Office) -> Iterator[Office]:
    """What a test leaves to be sent is no business of the next one."""
    yield office
    with office.scope():
        Proposal.objects.filter(state="pending").update(state="withdrawn")
        left = OutboxEntry.objects.all()
        left.filter(state="pending").update(state="cancelled")
        left.filter(state__in=["sending", "reconcile"]).update(state="unknown")


@contextmanager
def clock(ahead: timedelta) -> Iterator[None]:
    """Move the database's clock for what this thread does."""
    with connection.cursor() as cursor:
        cursor.execute("SET readback.clock_offset = %s", [f"{ahead.total_seconds()} seconds"])
        try:
            yield
        finally:
            cursor.execute("RESET readback.clock_offset")


def at_once(content: releases.Content, hold: int = 0) -> releases.Content:
    """The same content with the given hold: tests do not wait for undo windows they do not test."""
    actions = tuple(one.model_copy(update={"hold_seconds": hold}) for one in content.actions)
    return content.model_copy(update={"actions": actions})


def make_run(office: Office) -> Run:
    at = scope.now()
    customer = factories.make_customer(office.workspace, at)
    return factories.make_run(office.workspace, at, release=office.release, customer=customer)


def content(contact: str = "c-1001", mail: bool = True, **changes: Any) -> Content:
    changes = changes or {"mobile": NEW_MOBILE, "followup_needed": True}
    effects = [
        Effect(action="crm.update_contact", arguments={"contact_id": contact, "changes": changes})
    ]
    if mail:
        arguments = {"to": "dana@whitfield.example", "subject": "Your visit", "text": "Hello Dana."}
        effects.append(
            Effect(action="resend.send_followup_email", arguments=arguments, follows=True)
        )
    shown = tuple(Change(field=key, label=key, after=value) for key, value in changes.items())
    return Content(effects=tuple(effects), changes=shown, title="Update contact Dana Whitfield")


def said(run: Run) -> str:
    """Words that somebody was heard to say: the public id of their evidence."""
    proof = Evidence.objects.create(
        workspace_id=run.workspace_id, run=run, source="system", grade="stated", system="crm",
        reference="heard", at=scope.now(),
    )  # fmt: skip
    return str(proof.public_id)


def with_words(run: Run, wish: Content) -> Content:
    """The same wish with words behind each value."""
    heard = (said(run),)
    rows = tuple(one.model_copy(update={"evidence": heard}) for one in wish.changes)
    return wish.model_copy(update={"changes": rows})


def letter() -> Content:
    """A mail alone."""
    (_update, mail) = content().effects
    mail = mail.model_copy(update={"follows": False})
    return Content(effects=(mail,), title="Write to Dana Whitfield")


def propose(
    office: Office, run: Run | None = None, wish: Content | None = None, **options: Any
) -> Proposal:
    """In the caller's scope. What the record holds is read, as whoever asks does; where nobody answers it
    stands as read and empty."""
    run = run or make_run(office)
    at = options.pop("at", None) or scope.now()
    wish = wish or content()
    if options.pop("read", True):
        now = reading.of(run, wish).values or dict.fromkeys(disclosure.fields(run, wish))
        options["before"] = {**now, **(options.get("before") or {})}
    step, _fresh = steps.begin(
        run, key=f"propose:{next(_serial)}", name="crm.propose_customer_update", kind="proposal",
        arguments={}, by=office.agent, at=at,
    )  # fmt: skip
    return proposals.propose(run, step=step, content=wish, by=office.agent, at=at, **options)


def approve(office: Office, proposal: Proposal, who: str = "lena", **shown: Any) -> Any:
    """As a page would: with version and digest of what it showed."""
    version = proposals.version_of(proposal)
    at = shown.pop("at", None) or scope.now()
    known = {"version": version.version, "digest": bytes(version.digest).hex(), **shown}
    return proposals.approve(proposal.public_id, by=office.house.actor(who), at=at, **known)


def entries(proposal: Proposal) -> list[OutboxEntry]:
    return list(OutboxEntry.objects.filter(proposal=proposal).order_by("created_at", "id"))


def send(seconds: float = 5.0, linger: float = 0.0) -> int:
    """Drain here and now, as the worker would."""
    import asyncio

    return asyncio.run(drain.run(seconds=seconds, linger=linger))


def make_due(office: Office, after: timedelta = timedelta(0)) -> None:
    """Let the wait for the next try be over."""
    with office.scope():
        waiting = OutboxEntry.objects.filter(state__in=["pending", "reconcile"])
        waiting.update(available_at=scope.now() - after)
