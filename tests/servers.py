"""A Postgres and a Valkey for one test run: started before the settings are read, gone with it.

TEST_DATABASE_OWNER_URL and TEST_REDIS_URL name servers to use instead; the owner must be able to
create databases, and the roles where they are missing. A program that runs pytest many times starts
servers once and passes their addresses on with `Servers.for_other_runs`.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from console.stack import places, postgres, programs, roles, valkey
from console.stack.errors import StackError
from console.stack.guard import Guard
from console.stack.process import Process, Program, wait_until_ready

_KEPT = 8


@dataclass
class Servers:
    """What runs for the tests, and the addresses that lead to it."""

    home: Path
    owner_url: str = ""  # of the maintenance database
    app_url: str = ""  # of the test database, which django_db_setup creates
    redis_url: str = ""
    programs: dict[str, Program] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    guard: Guard = field(default_factory=Guard)
    lock: IO[str] | None = None

    @property
    def database(self) -> str:
        return roles.database_of(self.app_url)

    @property
    def owner_test_url(self) -> str:
        return roles.change_url(self.owner_url, database=self.database)

    def start(self, name: str) -> None:
        log = self.home / "log" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        self.processes[name] = Process(self.programs[name], guard=self.guard, log=log)
        wait_until_ready(self.processes[name])

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_test_url,
            "REDIS_URL": self.redis_url,
            "READBACK_VAR": str(self.home / "var"),
        }

    def for_other_runs(self) -> dict[str, str]:
        return {"TEST_DATABASE_OWNER_URL": self.owner_url, "TEST_REDIS_URL": self.redis_url}

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.ask_to_stop()
            process.wait(within=5)
            process.kill()
        self.processes.clear()
        self.guard.close()
        if self.lock is not None:
            self.lock.close()
        shutil.rmtree(self.home, ignore_errors=True)


def start() -> Servers:
    """Servers with an environment that settings can be read from; the database itself comes later."""
    home = Path(tempfile.mkdtemp(prefix="readback-tests-"))
    (home / "var" / "static").mkdir(parents=True)
    servers = Servers(home)
    atexit.register(servers.stop)
    sockets = places.socket_directory(home / "run")
    _start_postgres(servers, sockets)
    _start_valkey(servers, sockets)
    os.environ.update(servers.environment())
    return servers


def _start_postgres(servers: Servers, sockets: Path) -> None:
    database = f"readback_test_{os.getpid()}"
    given = os.environ.get("TEST_DATABASE_OWNER_URL", "")
    if given:
        # Where the owner needs none, nobody does. Else one for all runs on this server, so that
        # they do not lock each other out.
        has_password = bool(urlsplit(given).password)
        password = hashlib.sha256(given.encode()).hexdigest() if has_password else ""
        roles.ensure(given, owner=roles.user_of(given), app_password=password or None)
        servers.owner_url = given
        app = roles.change_url(given, user=roles.APP, password=password)
        servers.app_url = roles.change_url(app, database=database)
        return
    cluster = _run_cluster(servers, sockets)
    roles.ensure(cluster.url(postgres.SUPERUSER, "postgres"))
    servers.owner_url = cluster.url(roles.OWNER, "postgres")
    servers.app_url = cluster.url(roles.APP, database)


def _run_cluster(servers: Servers, sockets: Path) -> postgres.Cluster:
    """A kept cluster, so that templates are made once; a fresh one where other runs hold them all."""
    kept = _claim_kept(servers)
    for data in ([kept] if kept else []) + [servers.home / "pg"]:
        cluster = postgres.Cluster(data=data, sockets=sockets / "pg", fast=True)
        try:
            cluster.prepare()
            servers.programs["postgres"] = cluster.program(programs.base_env())
            servers.start("postgres")
            break
        except StackError:
            if data != kept:
                raise
            shutil.rmtree(data)  # without fsync it does not survive a power cut
    if kept == cluster.data:
        _drop_leftovers(cluster.url(postgres.SUPERUSER, "postgres"))
    return cluster


def _claim_kept(servers: Servers) -> Path | None:
    """The first that no other run holds: runs side by side have one each, with its templates."""
    _, version = postgres.find_binaries(servers.home / "none")
    for number in range(1, _KEPT + 1):
        name = f"postgres-{version}" + (f"-{number}" if number > 1 else "")
        try:
            folder = places.open_var(programs.ROOT / ".cache" / "tests" / name)
            servers.lock = places.take_lock(folder)
        except StackError:
            continue
        return folder / "data"
    return None


def _drop_leftovers(url: str) -> None:
    """Databases of killed runs, and all templates but the latest three."""
    query = (
        "SELECT datname FROM pg_database WHERE datname LIKE 'readback_test_%' UNION ALL"
        " (SELECT datname FROM pg_database WHERE datname LIKE 'readback_template_%'"
        " ORDER BY oid DESC OFFSET 3)"
    )
    with roles.connect(url) as connection:
        for (name,) in connection.execute(query).fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _start_valkey(servers: Servers, sockets: Path) -> None:
    servers.redis_url = os.environ.get("TEST_REDIS_URL", "")
    if servers.redis_url:
        return
    server = valkey.Server(data=servers.home / "kv", sockets=sockets, kept=False)
    servers.programs["valkey"] = server.program(programs.base_env())
    servers.start("valkey")
    servers.redis_url = server.url
