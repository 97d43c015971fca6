"""A witness in the test database: each row that a switchboard writes, and whose call it was at that moment.

A trigger asks the row of the call itself, so it needs no word from the code that is under test. The
writer is known by the name that its process gives to its connections (PGAPPNAME).
"""

from dataclasses import dataclass

from console.stack import roles
from tests.servers import Servers

# How a row leads to its call: by the run, by the call, or by the turn.
TABLES = {
    "runs_event": "run_id",
    "runs_step": "run_id",
    "runs_evidence": "run_id",
    "runs_fieldvalue": "run_id",
    "voice_turn": "call_id",
    "voice_turnversion": "turn_id",
    "voice_turnpart": "turn_id",
    "voice_providerevent": "call_id",
    "voice_command": "call_id",
}
_WAY = {
    "run_id": "c.run_id = NEW.run_id",
    "call_id": "c.id = NEW.call_id",
    "turn_id": "c.id = (SELECT t.call_id FROM voice_turn t WHERE t.id = NEW.turn_id)",
}
OWNERS = "owner-"


@dataclass(frozen=True, slots=True)
class Written:
    """What the witness saw: rows by their owner, and by somebody who was not the owner any more."""

    by_owner: int
    by_stale: int
    stale_tables: tuple[str, ...]


def install(servers: Servers) -> None:
    """As the owner of the tables: what is watched cannot take the watch away."""
    with roles.connect(servers.owner_test_url) as connection:
        connection.execute(
            "CREATE TABLE seen_write (writer text, relation text, owner text,"
            " at timestamptz DEFAULT clock_timestamp())"
        )
        connection.execute(f"GRANT INSERT ON seen_write TO {roles.APP}")
        for column, way in _WAY.items():
            # The foreign row is looked up with the writer's own rights, in its own scope.
            connection.execute(
                f"CREATE FUNCTION see_write_by_{column}() RETURNS trigger LANGUAGE plpgsql AS $$"
                " BEGIN IF current_setting('application_name') LIKE 'owner-%' THEN"
                " INSERT INTO seen_write (writer, relation, owner)"
                " SELECT current_setting('application_name'), TG_TABLE_NAME, c.owner"
                f" FROM voice_call c WHERE {way}; END IF; RETURN NULL; END $$"
            )
        for table, column in TABLES.items():
            connection.execute(
                f"CREATE TRIGGER seen AFTER INSERT OR UPDATE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION see_write_by_{column}()"
            )


def written(servers: Servers) -> Written:
    with roles.connect(servers.owner_test_url) as connection:
        query = (
            "SELECT writer = owner, relation, count(*) FROM seen_write"
            " WHERE owner <> '' GROUP BY 1, 2 ORDER BY 2"
        )
        rows = connection.execute(query).fetchall()
    return Written(
        by_owner=sum(count for mine, _, count in rows if mine),
        by_stale=sum(count for mine, _, count in rows if not mine),
        stale_tables=tuple(table for mine, table, _ in rows if not mine),
    )
