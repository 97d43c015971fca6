"""The test database: migrated once by the owner as a template, copied for a run, used as the app role."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
from psycopg import sql

from console.stack import programs, roles
from tests.servers import Servers

ROOT = programs.ROOT
_APPS = ("runs", "approvals", "voice", "console")


def create(servers: Servers) -> None:
    template = _ensure_template(servers)
    with roles.connect(servers.owner_url) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(
            statement.format(sql.Identifier(servers.database), sql.Identifier(template))
        )
    _let_tests_flush(servers)
    roles.refuse_powerful(servers.app_url)


def drop(servers: Servers) -> None:
    with roles.connect(servers.owner_url) as connection:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(servers.database)))


def _ensure_template(servers: Servers) -> str:
    """Named by all that shapes it, and renamed only when whole: an interrupted one is never used."""
    name = f"readback_template_{_fingerprint()}"
    half_made = f"{name}_{os.getpid()}"
    with roles.connect(servers.owner_url) as connection:
        # Two runs on one server: the second waits and finds it made.
        connection.execute("SELECT pg_advisory_lock(727266)")
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [name]).fetchone():
            return name
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(create.format(sql.Identifier(half_made)))
        url = roles.change_url(servers.owner_url, database=half_made)
        roles.ensure(url, owner=roles.user_of(servers.owner_url))
        _migrate(url)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(half_made), sql.Identifier(name)))
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256(django.get_version().encode())
    for app in _APPS:
        for path in sorted((ROOT / app / "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    for path in (ROOT / "runs" / "tenancy.py", ROOT / "requirements" / "base.lock"):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def _migrate(url: str) -> None:
    env = programs.base_env(
        DATABASE_URL=url,
        DATABASE_OWNER_URL=url,
        READBACK_AS_OWNER="1",
        DJANGO_SETTINGS_MODULE="tests.settings",
    )
    argv = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError("migrate failed:\n" + (done.stdout + done.stderr)[-4000:])


def _let_tests_flush(servers: Servers) -> None:
    """In the copy only: a transaction test ends with TRUNCATE, which the app may never do."""
    triggers = (
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgtype & 32 <> 0"  # 32: ON TRUNCATE
    )
    granted = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND has_table_privilege(%s, oid, 'TRUNCATE')"
    )
    with roles.connect(servers.owner_test_url) as connection:
        wrong = [name for (name,) in connection.execute(granted, [roles.APP]).fetchall()]
        if wrong:
            raise RuntimeError(f"the migrations let the app TRUNCATE {', '.join(wrong)}")
        for table, trigger in connection.execute(triggers).fetchall():
            statement = sql.SQL("DROP TRIGGER {} ON {}")
            connection.execute(statement.format(sql.Identifier(trigger), sql.Identifier(table)))
        connection.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {roles.APP}")


def log_of(home: Path, name: str, *, lines: int = 40) -> str:
    path = home / "log" / f"{name}.log"
    return (
        "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
    )
