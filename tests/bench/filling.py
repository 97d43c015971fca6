"""Many calls with all that belongs to them, by cloning one real call inside the database.

What is rare (live, failed, escalated, a name, an agent, a verdict) is always among the first SPECIAL
calls, the oldest: the more calls there are, the further a filter has to look for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from console.stack import postgres, roles

SPECIAL = 2000
NIGHT, FRONT, DAY = "Night desk", "Front desk", "Northwind intake"
RARE_NAME, RARE_PERSON = "Zacharias Quill", "Quentin Vance"
RARE_ACTION = "tasks.create"
SECONDS_APART = 90
LONG_CALL = 196


@dataclass(frozen=True)
class Pattern:
    """The rows that are cloned, by the ids of one call that really was."""

    workspace: str
    run: str
    call: str
    customer: str
    proposal: str
    entry: str
    releases: tuple[str, str, str]  # of day, front and night


def key(table: str, number: str = "n") -> str:
    """A uuid that rises with the number, so that indexes grow at their end as in life."""
    return (
        f"(lpad(to_hex(1700000000000 + {number}::bigint * {SECONDS_APART}000), 12, '0') || '7000' || '8'"
        f" || substr(md5('{table}' || {number}), 1, 15))::uuid"
    )


def public(prefix: str, number: str = "n") -> str:
    """Times an odd number modulo 2^32: scattered, and never twice."""
    return (
        f"'{prefix}-' || upper(lpad(to_hex(({number}::bigint * 2654435761) % 4294967296), 8, '0'))"
    )


AT = f"(timestamptz '2026-11-30' - make_interval(secs => (200000 - n) * {SECONDS_APART}))"
CUSTOMER_OF = "(n - n % 5)"
RARE = f"n <= {SPECIAL}"
VERDICT = (
    f"CASE WHEN {RARE} AND n % 50 = 3 THEN 'no_answer' WHEN n % 10 = 1 THEN 'qualified'"
    " WHEN n % 100 = 2 THEN 'unqualified' ELSE '' END"
)


def fill(owner_url: str, pattern: Pattern, first: int, last: int) -> None:
    """Calls number `first` to `last`. By the superuser: rows of this size are not checked one by one."""
    url = roles.change_url(owner_url, user=postgres.SUPERUSER)
    with roles.connect(url) as link:
        link.execute("SET session_replication_role = replica")
        for table, rows in _tables(pattern).items():
            for number, (source, where, changes) in enumerate(rows):
                _clone(link, table, source, where, changes, (first, last), number)
        link.execute("VACUUM (ANALYZE)")


Rows = list[tuple[str, str, Mapping[str, str]]]


def _tables(pattern: Pattern) -> dict[str, Rows]:
    """For each table: the row that is cloned, for which numbers, and what is different in each."""
    run, call = f"id = '{pattern.run}'", f"id = '{pattern.call}'"
    of_run = {"id": key("any"), "run_id": key("run")}
    day, front, night = pattern.releases
    release = (
        f"CASE WHEN {RARE} AND n % 20 = 0 THEN '{night}'::uuid"
        f" WHEN n % 10 = 0 THEN '{front}'::uuid ELSE '{day}'::uuid END"
    )
    return {
        "runs_customer": [(f"id = '{pattern.customer}'", "n % 5 = 0", _customer())],
        "runs_run": [(run, "true", {
            "id": key("run"), "public_id": public("RUN"), "release_id": release,
                "summary_state": f"CASE WHEN {RARE} AND n % 100 = 7 THEN 'draft' ELSE 'approved' END",
            "customer_id": key("customer", CUSTOMER_OF), "started_at": AT,
            "state": f"CASE WHEN {RARE} AND n % 100 = 4 THEN 'failed'"
                     f" WHEN {RARE} AND n % 100 = 6 THEN 'running' ELSE 'completed' END",
            "complete": f"CASE WHEN {RARE} AND n % 100 = 6 THEN NULL ELSE n % 5 <> 0 END",
            "verdict": VERDICT,
            "ended_at": f"{AT} + interval '4 minutes'",
        })],
        "voice_call": [(call, "true", {**_call(), "customer_id": key("customer", CUSTOMER_OF)})],
        "runs_outcome": _outcomes(pattern),
        "runs_summary": _summaries(pattern),
        "runs_fieldvalue": [(
            f"run_id = '{pattern.run}'", "true",
            {**of_run, "id": _second(), "evidence_id": "NULL", "at": AT},
        )],
        "runs_step": [(
            f"run_id = '{pattern.run}'", "true",
            {**of_run, "id": _second(), "parent_id": "NULL", "started_at": AT},
        )],
        "voice_turn": [
            (f"call_id = '{pattern.call}' AND position <= 4 * 1024", "n % 4 = 0",
             {**of_run, "id": _second(), "call_id": key("call"), "item_id": "t.item_id || n",
              "started_at": AT}),
            # The pattern itself becomes a long call, once.
            (f"call_id = '{pattern.call}' AND position = 1024", f"n <= {LONG_CALL}",
             {"id": key("long"), "item_id": "'long_' || n", "position": "(n + 4) * 1024"}),
        ],
        "runs_event": [
            (f"run_id = '{pattern.run}' AND kind <> 'escalation.raised'", "true",
             {"run_id": key("run"), "at": AT}),
            (f"run_id = '{pattern.run}' AND kind = 'escalation.raised'", f"{RARE} AND n % 50 = 5",
             {"run_id": key("run"), "at": AT}),
        ],
        "approvals_proposal": [(f"id = '{pattern.proposal}'", "n % 10 = 0", _proposal())],
        "approvals_proposalversion": [(
            f"proposal_id = '{pattern.proposal}'", "n % 10 = 0",
            {"id": key("version"), "proposal_id": key("proposal"), "at": AT},
        )],
        "approvals_outboxentry": [(f"id = '{pattern.entry}'", "true", _entry())],
        "runs_auditentry": [
            (f"workspace_id = '{pattern.workspace}' AND number = 1", "true", _audit())
        ],
    }  # fmt: skip


def _second() -> str:
    """Several rows a call: each with a key of its own."""
    tail = "md5(t.id::text || n)"
    head = f"substr({key('any')}::text, 1, 19)"
    return f"({head} || '8' || substr({tail}, 1, 3) || '-' || substr({tail}, 4, 12))::uuid"


def _customer() -> dict[str, str]:
    first = "(ARRAY['Dana','Omar','Mei','Ines','Jonas','Priya','Lena','Tomas'])[1 + n / 5 % 8]"
    last = "(ARRAY['Whitfield','Haddad','Kato','Roy','Brandt','Shah','Novak'])[1 + n / 5 % 7]"
    return {
        "id": key("customer"), "external_id": "'c-' || n",
        "name": f"CASE WHEN n = 500 THEN '{RARE_NAME}' ELSE {first} || ' ' || {last} || ' ' || n END",
        "phones": "ARRAY['+4477' || lpad(n::text, 8, '0')]",
    }  # fmt: skip


def _call() -> dict[str, str]:
    live = f"{RARE} AND n % 100 = 6"
    return {
        "id": key("call"), "public_id": public("CALL"), "run_id": key("run"),
        "provider_call_id": "'rtc_' || n", "external_id": "'uid-' || n",
        "caller_number": f"'+4477' || lpad({CUSTOMER_OF}::text, 8, '0')",
        "state": f"CASE WHEN {live} THEN 'live' WHEN n % 33 = 0 THEN 'missed'"
                 f" WHEN {RARE} AND n % 100 = 4 THEN 'failed' ELSE 'ended' END",
        "attention": f"CASE WHEN {live} AND n % 200 = 6 THEN 'pricing_commitment' ELSE '' END",
        "lease_until": "NULL", "after_call_at": "NULL",
        "rang_at": AT, "answered_at": f"{AT} + interval '2 seconds'",
        "ended_at": f"CASE WHEN {live} THEN NULL ELSE {AT} + interval '4 minutes' END",
    }  # fmt: skip


def _outcomes(pattern: Pattern) -> Rows:
    changes = {
        "id": _second(), "run_id": key("run"), "at": AT, "complete": "n % 5 <> 0",
        "missing": "CASE WHEN n % 5 = 0 THEN t.missing ELSE '[]' END",
        "verdict": VERDICT,
    }  # fmt: skip
    source = f"run_id = '{pattern.run}' AND version = 1"
    again = {**changes, "version": "2", "id": key("again")}
    return [(source, f"NOT ({RARE} AND n % 100 = 6)", changes), (source, "n % 50 = 0", again)]


def _summaries(pattern: Pattern) -> Rows:
    changes = {"id": key("summary"), "run_id": key("run"), "at": AT}
    source = f"run_id = '{pattern.run}' AND version = 1"
    approved = {**changes, "id": key("approved"), "version": "2", "state": "'approved'"}
    return [(source, "true", changes), (source, f"NOT ({RARE} AND n % 100 = 7)", approved)]


def _proposal() -> dict[str, str]:
    return {
        "id": key("proposal"), "public_id": public("PRO"), "run_id": key("run"),
        "step_id": key("step"), "customer_id": key("customer", CUSTOMER_OF), "proposed_at": AT,
        "state": f"CASE WHEN {RARE} AND n % 30 = 0 THEN 'pending' ELSE 'approved' END",
        "decided_at": f"CASE WHEN {RARE} AND n % 30 = 0 THEN NULL ELSE {AT} END",
    }  # fmt: skip


def _entry() -> dict[str, str]:
    states = {
        1: "unknown",
        2: "failed",
        3: "reconcile",
        4: "pending",
        5: "pending",
        6: "superseded",
    }
    rare = " ".join(
        f"WHEN {RARE} AND n % 100 = {one} THEN '{what}'" for one, what in states.items()
    )
    return {
        "id": key("entry"), "public_id": public("OBX"), "run_id": key("run"), "created_at": AT,
        "proposal_id": "NULL", "approval_id": "NULL", "after_id": "NULL", "policy_rule": "'bench'",
        "target": "'t' || n", "available_at": AT, "hold_until": AT, "lease": "NULL",
        "lease_until": "NULL", "attempts": "CASE WHEN n % 100 = 5 THEN 0 ELSE 1 END",
        "state": f"CASE {rare} WHEN n % 200 = 10 THEN 'cancelled' ELSE 'succeeded' END",
        "held": f"{RARE} AND n % 100 = 5",
        "action": f"CASE WHEN {RARE} AND n % 100 = 9 THEN '{RARE_ACTION}' WHEN n % 2 = 0"
                  " THEN 'resend.send_followup_email' ELSE 'crm.update_contact' END",
    }  # fmt: skip


def _audit() -> dict[str, str]:
    return {
        "id": key("audit"), "number": "NULL", "at": AT, "hash": "NULL",
        "action": f"CASE WHEN {RARE} AND n % 100 = 1 THEN 'key.made' WHEN n % 10 = 1"
                  " THEN 'proposal.approved' ELSE 'viewed' END",
        "object": public("CALL"), "by": "'person:' || n % 20",
        "by_name": f"CASE WHEN {RARE} AND n % 100 = 2 THEN '{RARE_PERSON}'"
                   " ELSE 'Operator ' || n % 20 END",
        "request_id": "substr(md5(n::text), 1, 12)",
    }  # fmt: skip


def _clone(
    link: Any, table: str, source: str, where: str, changes: Mapping[str, str],
    numbers: tuple[int, int], step: int,
) -> None:  # fmt: skip
    found = link.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    columns = [name for (name,) in found.fetchall()]
    assert changes.keys() <= set(columns), f"{table}: {changes.keys() - set(columns)}"
    values = [
        sql.SQL(changes[one]) if one in changes else sql.Identifier("t", one) for one in columns
    ]
    # The pattern is read first: what was cloned before must not be cloned again.
    link.execute(
        sql.SQL(
            "WITH t AS MATERIALIZED (SELECT * FROM {table} WHERE " + source + ")"
            " INSERT INTO {table} ({columns}) SELECT {values}"
            " FROM generate_series({first}::int, {last}::int) AS n, t WHERE " + where
        ).format(
            table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(values), first=numbers[0], last=numbers[1],
        )
    )  # fmt: skip
