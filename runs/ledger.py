"""The ledger: the only writer of events. Numbers are gapless and in commit order, whoever writes."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from runs import bus, canonical, chain, kinds
from runs.errors import NotFound, Superseded
from runs.models import Event
from runs.people import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened in a run, not yet numbered."""

    run_id: uuid.UUID
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A numbered line: what the bus carries and `events_after` returns."""

    workspace_id: uuid.UUID
    run_id: uuid.UUID
    number: int
    kind: str
    at: datetime
    by: str
    body: dict[str, Any]

    def frame(self) -> dict[str, Any]:
        return {
            "run": str(self.run_id),
            "number": self.number,
            "kind": self.kind,
            "at": canonical.stamp(self.at),
            "by": self.by,
            "body": self.body,
        }


Follower = Callable[[set[uuid.UUID], datetime], None]
_followers: list[tuple[frozenset[str], Follower]] = []


@dataclass(slots=True)
class _Head:
    workspace_id: uuid.UUID
    number: int
    hash: bytes


def append(run_id: uuid.UUID, kind: str, /, *, by: Actor, at: datetime, **body: Any) -> Written:
    """Append one line. See `append_many`."""
    return append_many([Line(run_id, kind, body)], by=by, at=at)[0]


def append_many(
    lines: Sequence[Line],
    *,
    by: Actor,
    at: datetime,
    fences: dict[uuid.UUID, int] | None = None,
) -> list[Written]:
    """Number, chain and store lines of one or many runs, in order; tell the watchers after the commit.

    Runs in the caller's scope and transaction. Run rows are locked in one order everywhere (by id), so
    writers never deadlock; FOR NO KEY UPDATE lets child rows be inserted meanwhile. `fences` gives the
    epoch that the caller believes to hold per run: Superseded names the runs where it does not.
    Every other lock of the transaction must be taken before this call (audit heads excepted).
    """
    if not lines:
        return []
    for line in lines:
        kinds.check(line.kind, line.body)
    heads = _lock({line.run_id for line in lines}, fences or {})
    written, rows = _chain(lines, heads, by=by, at=at)
    _store(rows, heads)
    transaction.on_commit(partial(bus.publish_lines, written), robust=True)
    for wanted, follower in _followers:
        touched = {line.run_id for line in lines if line.kind in wanted}
        if touched:
            follower(touched, at)
    return written


def follow(*wanted: str, with_: Follower) -> None:
    """Rows that are read out of others are made anew in the transaction of the line that moves those.

    A follower runs under the locks of its runs and takes no other but of rows that only it writes.
    """
    if all(known is not with_ for _kinds, known in _followers):
        _followers.append((frozenset(wanted), with_))


def _lock(run_ids: set[uuid.UUID], fences: dict[uuid.UUID, int]) -> dict[uuid.UUID, _Head]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, workspace_id, last_number, head, fence FROM runs_run"
            " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(run_ids)],
        )
        found = cursor.fetchall()
    if len(found) != len(run_ids):
        raise NotFound("run_not_found", runs=sorted(map(str, run_ids - {row[0] for row in found})))
    stale = [row[0] for row in found if row[0] in fences and row[4] != fences[row[0]]]
    if stale:
        raise Superseded(runs=stale)
    return {row[0]: _Head(row[1], row[2], bytes(row[3])) for row in found}


def _chain(
    lines: Sequence[Line], heads: dict[uuid.UUID, _Head], *, by: Actor, at: datetime
) -> tuple[list[Written], list[tuple[Any, ...]]]:
    written, rows = [], []
    for line in lines:
        head = heads[line.run_id]
        head.number += 1
        one = Written(
            head.workspace_id, line.run_id, head.number, line.kind, at, by.id, dict(line.body)
        )
        payload = canonical.dumps(envelope(one))
        link = chain.link(head.hash, payload)
        head.hash = link.hash
        written.append(one)
        rows.append(
            (
                *(one.workspace_id, one.run_id, one.number, one.kind, at, by.id, payload),
                *(link.salt, link.digest, link.hash),
            )
        )
    return written, rows


def envelope(line: Written) -> dict[str, Any]:
    """What is hashed: the payload together with everything that says where it stands."""
    return {
        "at": canonical.stamp(line.at),
        "body": line.body,
        "by": line.by,
        "kind": line.kind,
        "number": line.number,
        "run": str(line.run_id),
        "v": kinds.VERSION,
    }


def _store(rows: list[tuple[Any, ...]], heads: dict[uuid.UUID, _Head]) -> None:
    """One statement for all lines and heads: COPY is not allowed under row-level security."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH put AS (INSERT INTO runs_event"
            " (workspace_id, run_id, number, kind, at, by, payload, salt, digest, hash)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::int8[], %s::text[],"
            " %s::timestamptz[], %s::text[], %s::text[], %s::bytea[], %s::bytea[], %s::bytea[]))"
            " UPDATE runs_run SET last_number = u.number, head = u.hash"
            " FROM unnest(%s::uuid[], %s::int8[], %s::bytea[]) AS u (id, number, hash)"
            " WHERE runs_run.id = u.id",
            [
                *columns,
                list(heads),
                [head.number for head in heads.values()],
                [head.hash for head in heads.values()],
            ],
        )


def events_after(run_id: uuid.UUID, number: int, *, limit: int = 500) -> list[Written]:
    """The lines of a run after a number, in order: how a watcher that was away catches up."""
    rows = Event.objects.filter(run_id=run_id, number__gt=number).order_by("number")[:limit]
    return list(_read(rows))


def of_kinds(*wanted: str, runs: Sequence[uuid.UUID]) -> list[Written]:
    """Lines of some kinds that still have their payload, run by run in order."""
    rows = Event.objects.filter(run_id__in=runs, kind__in=wanted, payload__isnull=False)
    return list(_read(rows.order_by("run_id", "number")))


def _read(rows: Iterable[Event]) -> Iterator[Written]:
    for row in rows:
        body = json.loads(row.payload)["body"] if row.payload is not None else {}
        yield Written(row.workspace_id, row.run_id, row.number, row.kind, row.at, row.by, body)


def last_number(run_id: uuid.UUID) -> int:
    """The number of the newest line of a run (0 where there is none)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_number FROM runs_run WHERE id = %s", [run_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("run_not_found", runs=[str(run_id)])
    return int(row[0])
