"""What the filters of lists mean in the database: outcome, verdict, agent, customer, days, texts with an index."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from approvals import promised
from console.builders import search
from console.builders.asked import Asked
from runs.models import Promise

_AGENTS = """
SELECT DISTINCT content::jsonb -> 'agent' ->> 'name' FROM runs_release ORDER BY 1
"""
_ACTIONS = """
SELECT DISTINCT action ->> 'key'
  FROM runs_release, jsonb_array_elements(content::jsonb -> 'actions') AS action ORDER BY 1
"""
_OF_AGENT = """
SELECT id FROM runs_release WHERE content::jsonb -> 'agent' ->> 'name' = %s
"""


def agents() -> list[str]:
    """The names of all agents that were ever published here."""
    return _names(_AGENTS)


def actions() -> list[str]:
    """The keys of all actions that were ever published here."""
    return _names(_ACTIONS)


def of_agent(name: str, run: str) -> Q:
    """`run` is the prefix of the run's fields: "" for runs themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_AGENT, [name])
        found = [row[0] for row in cursor.fetchall()]
    return Q(**{f"{run}release_id__in": found})


def outcome(code: str, run: str, run_id: str) -> Q:
    """By the newest outcome: complete, or something missing. With a promise that nothing backs no run is
    complete, though its record may be."""
    found = Q(**{f"{run}complete": code == "complete"})
    if code == "complete":
        owed = Promise.objects.filter(promised.needs_somebody(Now()), run_id=OuterRef(run_id))
        found &= ~Q(Exists(owed))
    return found


def of_run(chosen: Mapping[str, str], *, run: str, run_id: str) -> Q:
    """What is asked of the run behind a row: agent, newest outcome, newest verdict."""
    found = Q()
    if "agent" in chosen:
        found &= of_agent(chosen["agent"], run)
    if "outcome" in chosen:
        found &= outcome(chosen["outcome"], run, run_id)
    if "verdict" in chosen:
        found &= Q(**{f"{run}verdict": chosen["verdict"]})
    return found


def days(asked: Asked, field: str) -> Q:
    bounds: dict[str, datetime | None] = {
        f"{field}__gte": asked.since(),
        f"{field}__lt": asked.until(),
    }
    return Q(**{name: at for name, at in bounds.items() if at is not None})


def calls_like(text: str) -> Q:
    """An id or its beginning, the id of another system, a whole number, a customer's name."""
    found = Q(external_id=text) | Q(customer_id__in=search.customers_of(text))
    number = search.number_of(text)
    if number:
        found |= Q(caller_number=number)
    return found | search.by_id(text, "CALL")


def runs_like(text: str) -> Q:
    return Q(customer_id__in=search.customers_of(text)) | search.by_id(text, "RUN")


def entries_like(text: str) -> Q:
    """Its own id, that of its proposal or run, or the customer's name."""
    named = {"OBX": "", "PRO": "proposal__", "RUN": "run__"}
    prefix = search.prefix_of(text)
    if prefix in named:
        # One table at a time: no index serves an OR over several.
        begins: dict[str, Any] = {f"{named[prefix]}public_id__begins": text.upper()}
        return Q(**begins)
    return Q(run__customer_id__in=search.customers_of(text))


def _names(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall() if row[0]]
