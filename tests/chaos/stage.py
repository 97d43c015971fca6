"""What every phase plays on: servers, a database, a business with connections to the receivers."""

import json
import os
import random
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.figures import Figures

ACTIONS = {
    "resend.send_followup_email": ("send_email", "mail"),
    "records.put": ("chaos_put", "records"),
    "vault.put": ("chaos_put", "records"),
    "notes.post": ("chaos_post", "notes"),
    "tasks.create": ("create_task", "tickets"),
    "post.letter": ("send_email", "post"),
    "crm.update_contact": ("update_contact", "crm"),
}


@dataclass
class Stage:
    servers: Any
    seed: int
    url: str
    office: Any
    receiver: Any
    simulator: Any
    line: Any
    figures: Figures = field(default_factory=Figures)

    def dice(self, phase: str) -> random.Random:
        return random.Random(f"{self.seed}:{phase}")

    def order(self, **orders: Any) -> None:
        _send(f"{self.url}/judge", orders)

    def judge(self) -> Any:
        """What the receivers did; a letter over SMTP counts by its subject, as a mail does."""
        told = _send(f"{self.url}/judge", None)
        for letter in self.simulator.judge()["smtp"]["effects"]:
            place = f"mail:{letter['headers']['subject']}"
            told["effects"].setdefault(place, []).append(letter["idempotency_key"])
        return told

    def restart_postgres(self) -> None:
        """As after a power cut: nobody is asked to finish."""
        self.servers.processes["postgres"].signal(signal.SIGQUIT)
        self.servers.processes["postgres"].wait(within=20)
        self.servers.processes["postgres"].close()
        self.servers.start("postgres")
        self.figures.postgres += 1


@contextmanager
def opened(seed: int, *, quick: bool = True) -> Iterator[Stage]:
    """`quick`: leases and pauses of seconds instead of minutes."""
    os.environ["READBACK_CHAOS"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    for name in ("TEST_DATABASE_OWNER_URL", "TEST_REDIS_URL", "CRASH_AT"):
        os.environ.pop(name, None)  # the servers here are killed: they are nobody else's
    from tests import databases, servers

    own = servers.start()
    try:
        databases.create(own)
        _keep_commits(own)
        import django

        django.setup()
        _keep_mails(own)
        listening = socket.create_server(("127.0.0.1", 0))
        receiver = _serve(listening, seed)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        from tests.approvals import support
        from tests.chaos import tempo

        try:
            with support.running() as simulator:
                if quick:
                    tempo.quicken()
                office, line = _open_office(url, simulator)
                yield Stage(own, seed, url, office, receiver, simulator, line)
        finally:
            receiver.kill()
            from django.db import connections

            connections.close_all()
            databases.drop(own)
    finally:
        own.stop()


def _keep_commits(own: Any) -> None:
    """The servers of tests may forget the last half second when they are shot: here that would be a loss."""
    from psycopg import sql

    from console.stack import roles

    statement = sql.SQL("ALTER DATABASE {} SET synchronous_commit = on")
    with roles.connect(own.owner_url) as connection:
        connection.execute(statement.format(sql.Identifier(own.database)))


def _keep_mails(own: Any) -> None:
    """Reminders are files, so that who got which can be counted."""
    from django.conf import settings

    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = own.home / "mails"


def _serve(listening: socket.socket, seed: int) -> Any:
    from tests.chaos import receiver
    from tests.chaos.children import Child

    return Child(lambda: receiver.serve(listening, seed))


def _open_office(url: str, simulator: Any) -> tuple[Any, Any]:
    """The business, and the id of the connection on which its calls come in."""
    from tests import factories
    from tests.approvals import support
    from tests.chaos import actions
    from tests.voice.switchboard_support import SECRET
    from voice import connections

    assert actions.PutRecord.name
    content = content_for_chaos()
    office = support.open_office(url, content=content)
    with office.scope():
        from runs import scope

        at = scope.now()
        for name, path in (("mail", "/mail"), ("records", ""), ("notes", ""), ("tickets", "")):
            connections.put(
                office.workspace.id, kind="mail", name=name, base_url=url + path, secret="sk", at=at
            )
        port = simulator.judge()["smtp"]["port"]
        for kind, name, address in (
            ("smtp", "post", f"smtp://127.0.0.1:{port}"),
            ("crm", "crm", f"{simulator.url}/crm"),
        ):
            connections.put(
                office.workspace.id, kind=kind, name=name, base_url=address, secret="sk", at=at
            )
        line = connections.put(
            office.workspace.id, kind="realtime", name="default", base_url=f"{simulator.url}/v1",
            secret="sk", webhook_secret=SECRET, at=at,
        )  # fmt: skip
        factories.make_number(office.workspace, office.release, line)
        factories.make_customer(office.workspace, at)
        # With two that could answer, a number that nobody has is nobody's.
        flow = content.workflow.model_copy(update={"name": "voice.other"})
        other = content.model_copy(update={"workflow": flow})
        factories.make_release(office.workspace, at, other)
    return office, line.id


def content_for_chaos() -> Any:
    """The business of the other tests with the receivers of this one, one of which needs no person."""
    from runs import policies, releases
    from tests.factories import CONTENT

    made = tuple(
        releases.ActionConfig(
            key=key, type=kind, connection=connection, hold_seconds=0,
            config={"from": "Northwind <hello@northwind.example>"} if kind == "send_email" else {},
        )
        for key, (kind, connection) in ACTIONS.items()
    )  # fmt: skip
    desk = releases.Destination(key="desk", label="Front desk", target="tel:+441614960100")
    two = (policies.Stage(roles=("support_lead",), people=2),)
    rules = (
        releases.RiskRule(key="logged", words="A note", action="notes.*", risk="low", role=""),
        releases.RiskRule(
            key="signed", words="Two sign", action="vault.*", risk="medium",
            terms=policies.Terms(stages=two),
        ),
    )  # fmt: skip
    return CONTENT.model_copy(
        update={
            "workflow": CONTENT.workflow.model_copy(update={"external_actions": tuple(ACTIONS)}),
            "actions": made,
            "destinations": (desk,),
            "policy": releases.Policy(rules=rules),
        }
    )


def _send(url: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return json.loads(answer.read())
