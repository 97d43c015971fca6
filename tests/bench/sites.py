"""A filled database with a web process on it, asked over HTTP by somebody who is signed in."""

import dataclasses
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from console.stack import roles
from tests import databases
from tests.bench import filling
from tests.live_stack import LiveStack


@dataclass(frozen=True)
class Answer:
    status: int
    ms: float
    cpu_ms: float
    queries: int
    sql_ms: float
    slowest_ms: float
    body: bytes


@dataclass
class Seed:
    """Who asks, and the call that all others were cloned from."""

    slug: str
    cookie: str
    key: str
    pattern: filling.Pattern


@dataclass
class Site:
    servers: Any
    stack: LiveStack
    seed: Seed
    calls: int

    def __post_init__(self) -> None:
        self.link = http.client.HTTPConnection("localhost", self.stack.web_port, timeout=60)

    def page(self, rest: str) -> Answer:
        return self._get(f"/w/{self.seed.slug}/{rest}", {"Cookie": self.seed.cookie})

    def api(self, path: str) -> Answer:
        return self._get(path, {"Authorization": f"Bearer {self.seed.key}"})

    def _get(self, path: str, headers: dict[str, str]) -> Answer:
        self.link.request("GET", path, headers=headers)
        found = self.link.getresponse()
        body = found.read()
        told = {one: float(found.headers.get(f"X-Bench-{one}", 0))
                for one in ("Ms", "Cpu-Ms", "Queries", "Sql-Ms", "Slowest-Ms")}  # fmt: skip
        return Answer(
            found.status, told["Ms"], told["Cpu-Ms"], int(told["Queries"]), told["Sql-Ms"],
            told["Slowest-Ms"], body,
        )  # fmt: skip

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Queries of this process go to the filled database, in the scope of its workspace."""
        from runs import scope

        with _elsewhere(self.servers.database), scope.workspace(self.seed.pattern.workspace):
            yield

    @contextmanager
    def bare(self) -> Iterator[Any]:
        """A connection as the product has it, inside the scope of the workspace."""
        with roles.connect(self.servers.app_url) as link, link.transaction():
            link.execute("SELECT set_config('app.workspaces', %s, true)",
                         ["{" + self.seed.pattern.workspace + "}"])  # fmt: skip
            yield link

    def call(self) -> str:
        """The call that all were cloned from."""
        with self.bare() as link:
            found = link.execute(
                "SELECT public_id FROM voice_call WHERE id = %s", [self.seed.pattern.call]
            )
            return str(found.fetchone()[0])

    def cursor(self, table: str, field: str, left: int = 0) -> str:
        """A place far down the list: nine tenths of it stand before, or all but `left`."""
        from psycopg import sql

        from console.builders import cursors

        statement = sql.SQL("SELECT {at}, id FROM {table} ORDER BY {at}, id OFFSET {left} LIMIT 1")
        with self.bare() as link:
            row = link.execute(
                statement.format(
                    at=sql.Identifier(field), table=sql.Identifier(table),
                    left=left or self.calls // 10,
                )
            ).fetchone()  # fmt: skip
        return cursors.make(*row)


@contextmanager
def opened(stage: Any, sizes: tuple[int, int]) -> Iterator[tuple[Site, Site]]:
    """The same business with so many and with so many more calls, each with servers of its own."""
    own: list[Site] = []
    try:
        for number, size in enumerate(sizes):
            name = f"{stage.servers.database}_{number}"
            app_url = roles.change_url(stage.servers.app_url, database=name)
            servers = dataclasses.replace(stage.servers, app_url=app_url)
            if not own:
                databases.create(servers)
                seed, filled = _seed(name), 0
            else:
                _copy(servers, own[0].servers.database)
                filled = own[0].calls
            stack = LiveStack(servers, settings="tests.bench.web_settings")
            own.append(Site(servers, stack, seed, size))
            filling.fill(servers.owner_test_url, seed.pattern, filled + 1, size)
        for site in own:
            site.stack.start("web")
        yield own[0], own[1]
    finally:
        for site in own:
            site.link.close()
            site.stack.stop()
            databases.drop(site.servers)


def _copy(servers: Any, source: str) -> None:
    from django.db import connections
    from psycopg import sql

    connections.close_all()
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with roles.connect(servers.owner_url) as link:
        link.execute(statement.format(sql.Identifier(servers.database), sql.Identifier(source)))


@contextmanager
def _elsewhere(name: str) -> Iterator[None]:
    """Queries of this process go to another database."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _seed(database: str) -> Seed:
    with _elsewhere(database):
        return _seeded()


def _seeded() -> Seed:
    from django.conf import settings

    from approvals.models import OutboxEntry
    from runs import scope
    from runs.api import keys
    from tests.console import scene as scenes

    scene = scenes.make_scene(ended=True)
    entry = scene.entry_id()
    with scene.scope():
        at = scope.now()
        releases = (scene.run.release, *_more_releases(scene, at))
        _row, text = keys.make(
            scene.house.workspace.id, name="bench", roles=["admin"], by=scene.actor("adam"), at=at
        )
        pattern = filling.Pattern(
            workspace=str(scene.house.workspace.id), run=str(scene.run.id),
            call=str(scene.call.id), customer=str(scene.run.customer_id),
            proposal=str(scene.proposal.id),
            entry=str(OutboxEntry.objects.get(public_id=entry).id),
            releases=tuple(str(one.id) for one in releases),
        )  # fmt: skip
    cookie = scene.client("adam").cookies[settings.SESSION_COOKIE_NAME].value
    return Seed(scene.slug, f"{settings.SESSION_COOKIE_NAME}={cookie}", text, pattern)


def _more_releases(scene: Any, at: Any) -> list[Any]:
    """The same workflow under two further agents."""
    from tests import factories

    made = []
    for name in (filling.FRONT, filling.NIGHT):
        agent = factories.CONTENT.agent.model_copy(update={"name": name})
        content = factories.CONTENT.model_copy(update={"agent": agent})
        made.append(_publish(scene, content, at))
    return made


def _publish(scene: Any, content: Any, at: Any) -> Any:
    from runs import releases

    workflow = scene.run.release.workflow
    return releases.publish(workflow, content=content, by=scene.actor("adam"), at=at)
