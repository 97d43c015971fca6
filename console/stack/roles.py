"""The three database roles: one owns and migrates, one runs everything, one sees every workspace.

psycopg is imported late, so that set-up can say what is missing before anything is installed.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from console.stack.errors import StackError

if TYPE_CHECKING:
    import psycopg

OWNER, APP, EVERY = "readback_owner", "readback_app", "readback_every"
_OLDEST_SERVER = 150000
_RESTRICTED = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"


def change_url(url: str, **parts: str) -> str:
    """The same server with another `user`, `password` or `database`."""
    split = urlsplit(url)
    user = parts.get("user", unquote(split.username or ""))
    password = parts.get("password", unquote(split.password or "") if "user" not in parts else "")
    database = parts.get("database", unquote(split.path.lstrip("/")))
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    place = split.netloc.rpartition("@")[2]
    at = f"{login}@" if login else ""
    query = urlencode([(k, v) for k, v in parse_qsl(split.query) if k not in {"user", "password"}])
    return f"{split.scheme}://{at}{place}/{quote(database, safe='')}" + (
        f"?{query}" if query else ""
    )


def user_of(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.lstrip("/"))


def connect(url: str) -> "psycopg.Connection[Any]":
    import psycopg

    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or ["no answer"])[0]
        raise StackError(f"the database does not let {user_of(url) or 'us'} in: {said}") from error


def ensure(
    url: str, *, owner: str = OWNER, app: str = APP, app_password: str | None = None
) -> None:
    """Roles, memberships and default rights. Repeating it changes nothing.

    `url` belongs to a superuser (our own cluster) or to the owner itself, who then needs CREATEROLE
    where a role is missing.
    """
    import psycopg

    with connect(url) as connection:
        if connection.info.server_version < _OLDEST_SERVER:
            raise StackError("Postgres 15 or newer is needed")
        try:
            with connection.transaction():
                _ensure_roles(connection, owner, app, app_password)
                _ensure_memberships(connection, owner, app)
                _ensure_default_rights(connection, owner)
        except psycopg.errors.InsufficientPrivilege as error:
            said = str(error).strip().splitlines()[0]
            raise StackError(
                f"DATABASE_OWNER_URL cannot set up the roles ({said}):"
                f" give it CREATEROLE, or make {APP} and {EVERY} beforehand"
            ) from error


def _exists(connection: "psycopg.Connection[Any]", role: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    return found is not None


def _ensure_roles(
    connection: "psycopg.Connection[Any]", owner: str, app: str, app_password: str | None
) -> None:
    from psycopg import sql

    # Two set-ups may meet (tests beside a demo on one server): one after the other.
    connection.execute("SELECT pg_advisory_xact_lock(727265)")
    wanted = {
        owner: f"LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB{'' if owner != OWNER else ' NOCREATEROLE'}",
        EVERY: f"NOLOGIN {_RESTRICTED}",
        APP: f"LOGIN {_RESTRICTED}",
        app: f"LOGIN {_RESTRICTED}",
    }
    for role, attributes in wanted.items():
        if not _exists(connection, role):
            create = f"CREATE ROLE {{}} {attributes}"
            connection.execute(sql.SQL(create).format(sql.Identifier(role)))
    if app_password is not None:
        statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(app), sql.Literal(app_password)))


def _ensure_memberships(connection: "psycopg.Connection[Any]", owner: str, app: str) -> None:
    """The app enters `every` by SET ROLE only; the owner inherits it, or it would check foreign keys
    against the rows of one workspace."""
    modern = connection.info.server_version >= 160000
    entered = " WITH INHERIT FALSE, SET TRUE" if modern else ""
    inherited = " WITH INHERIT TRUE, SET TRUE" if modern else ""
    _grant(connection, EVERY, APP, entered)
    _grant(connection, EVERY, owner, inherited)
    _grant(connection, APP, owner, inherited)
    if app != APP:
        _grant(connection, APP, app, inherited)
    if not modern and _inherits(connection, APP):
        connection.execute(f"ALTER ROLE {APP} NOINHERIT")


def _inherits(connection: "psycopg.Connection[Any]", role: str) -> bool:
    row = connection.execute(
        "SELECT rolinherit FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    return bool(row and row[0])


def _grant(connection: "psycopg.Connection[Any]", role: str, to: str, options: str) -> None:
    from psycopg import sql

    if role == to or _is_granted(connection, role, to, options):
        return
    statement = sql.SQL("GRANT {} TO {}" + options)
    connection.execute(statement.format(sql.Identifier(role), sql.Identifier(to)))


def _is_granted(connection: "psycopg.Connection[Any]", role: str, to: str, options: str) -> bool:
    query = (
        "SELECT 1 FROM pg_auth_members m WHERE m.roleid = %s::regrole AND m.member = %s::regrole"
    )
    if options:  # Postgres 16 and newer
        query += " AND m.set_option"
        query += (
            " AND m.inherit_option" if "INHERIT TRUE" in options else " AND NOT m.inherit_option"
        )
    return connection.execute(query, [f'"{role}"', f'"{to}"']).fetchone() is not None


def _ensure_default_rights(connection: "psycopg.Connection[Any]", owner: str) -> None:
    from psycopg import sql

    for what, on in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        statement = sql.SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT "
            + what
            + " ON "
            + on
            + " TO {}"
        )
        connection.execute(statement.format(sql.Identifier(owner), sql.Identifier(APP)))


def ensure_database(url: str, name: str, *, owner: str = OWNER) -> None:
    from psycopg import sql

    with connect(url) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found is None:
            statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))


def refuse_powerful(url: str) -> None:
    """The app's role must be unable to pass row-level security."""
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    with connect(url) as connection:
        row = connection.execute(query).fetchone()
    if row is None or row[0]:
        raise StackError(
            f"DATABASE_URL's role {user_of(url)} may pass row-level security:"
            " it must be NOSUPERUSER NOBYPASSRLS; its owner belongs in DATABASE_OWNER_URL"
        )
