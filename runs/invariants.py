"""Invariants: sentences that must be true of the whole database, each as a query for what breaks it.

Every app adds its own in its `invariants` module. A row that comes back is a fault; the row says where.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.utils.module_loading import autodiscover_modules

from runs import scope
from runs.models import Workspace
from runs.models.base import Inside

MAX_ROWS = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """`query` returns one text column: where it is broken."""

    name: str
    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Breach:
    invariant: Invariant
    where: str


_known: dict[str, Invariant] = {}


def add(name: str, words: str, query: str) -> None:
    _known[name] = Invariant(name, words, query)


def every() -> list[Invariant]:
    """All that are known, also of the floors above."""
    autodiscover_modules("invariants")
    return [*_known.values(), *_same_workspace()]


def check() -> Iterator[Breach]:
    """Run every query over all workspaces."""
    found = list(Workspace.objects.values_list("id", flat=True))
    if not found:
        return
    for invariant in every():
        with scope.workspace(*found), connection.cursor() as cursor:
            # The queries are ours, written in this file and its sisters.
            cursor.execute(f"SELECT * FROM ({invariant.query}) AS broken LIMIT {MAX_ROWS}")  # noqa: S608
            rows = cursor.fetchall()
        yield from (Breach(invariant, str(row[0])) for row in rows)


def _same_workspace() -> Iterator[Invariant]:
    """No row points into another workspace: one query for each foreign key between tenant tables."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey) or not _is_inside(field):
                continue
            child, parent = model._meta.db_table, field.related_model._meta.db_table
            yield Invariant(
                f"{child}.{field.name} stays inside",
                "A row and what it points to are of one workspace",
                # Names of tables and columns are our own models'.
                f'SELECT c."{field.column}"::text FROM "{child}" c JOIN "{parent}" p'  # noqa: S608
                f' ON p.id = c."{field.column}" WHERE p.workspace_id <> c.workspace_id',
            )


def _is_inside(field: "ForeignKey[object, object]") -> bool:
    return isinstance(field, Inside)


add(
    "numbers are gapless",
    "The lines of a run are numbered 1, 2, 3 … up to the run's last number",
    """
    SELECT r.public_id || ': last ' || r.last_number || ', lines ' || count(e.number)
           || ', highest ' || coalesce(max(e.number), 0)
      FROM runs_run r LEFT JOIN runs_event e ON e.run_id = r.id
     GROUP BY r.id, r.public_id, r.last_number
    HAVING count(e.number) <> r.last_number OR coalesce(max(e.number), 0) <> r.last_number
    """,
)
add(
    "the head is the last line",
    "A run's head is the hash of its last line",
    """
    SELECT r.public_id FROM runs_run r JOIN runs_event e ON e.run_id = r.id
       AND e.number = r.last_number WHERE e.hash <> r.head
    """,
)
add(
    "links hold",
    "Each line's hash follows from the line before it and its own digest",
    """
    SELECT r.public_id || ' line ' || l.number FROM (
        SELECT run_id, number, hash, digest,
               lag(hash) OVER (PARTITION BY run_id ORDER BY number) AS previous
          FROM runs_event) l JOIN runs_run r ON r.id = l.run_id
     WHERE l.hash <> sha256(coalesce(l.previous, decode(repeat('00', 32), 'hex')) || l.digest)
    """,
)
add(
    "the audit is whole",
    "Audit entries are numbered 1, 2, 3 … up to the head, whose hash is the last one's",
    """
    SELECT w.slug FROM runs_audithead h JOIN runs_workspace w ON w.id = h.workspace_id
      LEFT JOIN runs_auditentry a ON a.workspace_id = h.workspace_id AND a.number IS NOT NULL
     GROUP BY w.slug, h.number, h.hash
    HAVING count(a.number) <> h.number OR coalesce(max(a.number), 0) <> h.number
        OR (h.number > 0 AND NOT bool_or(a.number = h.number AND a.hash = h.hash))
    """,
)
add(
    "fields have versions",
    "The versions of a field are 1, 2, 3 …; none was overwritten or lost",
    """
    SELECT r.public_id || ' ' || f.key FROM runs_fieldvalue f JOIN runs_run r ON r.id = f.run_id
     GROUP BY r.public_id, f.run_id, f.key HAVING count(*) <> max(f.version)
    """,
)
add(
    "approved sentences have evidence",
    "Every sentence of an approved summary rests on evidence",
    """
    SELECT r.public_id || ' version ' || s.version FROM runs_summary s
      JOIN runs_run r ON r.id = s.run_id,
           jsonb_array_elements(s.sections) section,
           jsonb_array_elements(section -> 'sentences') sentence
     WHERE s.state = 'approved' AND sentence ->> 'text' <> ''
       AND jsonb_array_length(sentence -> 'evidence') = 0
    """,
)
add(
    "a run knows its newest summary",
    "The state of a run's summary is that of the newest version",
    """
    SELECT r.public_id FROM runs_run r
      LEFT JOIN (SELECT DISTINCT ON (run_id) run_id, state FROM runs_summary
                  ORDER BY run_id, version DESC) s ON s.run_id = r.id
     WHERE r.summary_state <> coalesce(s.state, '')
    """,
)
add(
    "a run knows its newest outcome",
    "What a run says of its outcome is what the newest version says",
    """
    SELECT r.public_id FROM runs_run r LEFT JOIN LATERAL (
        SELECT o.complete, o.verdict FROM runs_outcome o WHERE o.run_id = r.id
         ORDER BY o.version DESC LIMIT 1) newest ON true
     WHERE (r.complete, r.verdict) IS DISTINCT FROM (newest.complete, coalesce(newest.verdict, ''))
    """,
)
add(
    "a run that is over has ended",
    "A completed or failed run says when it ended",
    "SELECT public_id FROM runs_run WHERE state IN ('completed', 'failed') AND ended_at IS NULL",
)
