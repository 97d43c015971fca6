"""The bare commit of a decision: its state, one line of audit, one effect; two ways, many processes, one winner."""

import multiprocessing
import time
import uuid
from collections.abc import Callable
from typing import Any

TABLES = """
    CREATE TABLE IF NOT EXISTS bench_wish (id uuid PRIMARY KEY, state varchar(12) NOT NULL,
        decided_at timestamptz, version integer NOT NULL);
    CREATE TABLE IF NOT EXISTS bench_said (id uuid PRIMARY KEY, wish_id uuid NOT NULL,
        verb varchar(12) NOT NULL, at timestamptz NOT NULL);
    CREATE TABLE IF NOT EXISTS bench_waiting (id uuid PRIMARY KEY, wish_id uuid NOT NULL,
        request text NOT NULL, at timestamptz NOT NULL);
    CREATE INDEX IF NOT EXISTS bench_said_wish ON bench_said (wish_id);
    CREATE INDEX IF NOT EXISTS bench_waiting_wish ON bench_waiting (wish_id);
    GRANT SELECT, INSERT, UPDATE ON bench_wish, bench_said, bench_waiting TO PUBLIC
"""
RACERS = 4
_REQUEST = '{"to": "c1@homes.example", "subject": "Hello"}'
_DECIDE = """
    WITH won AS (
        UPDATE bench_wish SET state = 'approved', decided_at = now()
         WHERE id = %s AND state = 'pending' AND version = 1 RETURNING id),
    said AS (INSERT INTO bench_said SELECT gen_random_uuid(), id, 'approved', now() FROM won)
    INSERT INTO bench_waiting SELECT gen_random_uuid(), id, %s, now() FROM won
"""
_WRONG = """
    SELECT count(*) FROM bench_wish w
     WHERE w.id = ANY(%s) AND (w.state <> 'approved'
           OR 1 <> (SELECT count(*) FROM bench_said s WHERE s.wish_id = w.id)
           OR 1 <> (SELECT count(*) FROM bench_waiting e WHERE e.wish_id = w.id))
"""


def put(count: int) -> list[str]:
    from django.db import connection

    ids = [str(uuid.uuid4()) for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_wish SELECT id, 'pending', NULL, 1 FROM unnest(%s::uuid[]) AS t (id)",
            [ids],
        )
    return ids


def in_one_statement(wish: str) -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_DECIDE, [wish, _REQUEST])
        return bool(cursor.rowcount)


def with_the_orm(wish: str) -> bool:
    from django.db import transaction
    from django.utils import timezone

    from tests.bench.stock import Said, Waiting, Wish

    with transaction.atomic():
        row = Wish.objects.select_for_update().get(id=wish)
        if row.state != "pending" or row.version != 1:
            return False
        row.state, row.decided_at = "approved", timezone.now()
        row.save()
        Said.objects.create(wish_id=row.id, verb="approved", at=row.decided_at)
        Waiting.objects.create(wish_id=row.id, request=_REQUEST, at=row.decided_at)
    return True


def race(ids: list[str], decide: Callable[[str], bool], people: int) -> tuple[list[float], float]:
    """How long each decision took (ms), and all of them together (s)."""
    from django.db import connections

    connections.close_all()  # A connection must not be shared by two processes.
    forked = multiprocessing.get_context("fork")
    start, told = forked.Barrier(people), forked.Queue()
    groups = people // RACERS
    workers = [
        forked.Process(target=_decide_all, args=(ids[one % groups :: groups], decide, start, told))
        for one in range(people)
    ]
    for worker in workers:
        worker.start()
    found = [told.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    waits = [wait for _began, _ended, part in found for wait in part]
    return waits, max(one[1] for one in found) - min(one[0] for one in found)


def _decide_all(ids: list[str], decide: Callable[[str], bool], start: Any, told: Any) -> None:
    from django.db import connection

    connection.ensure_connection()
    start.wait(60)
    waits, first = [], time.monotonic()
    for wish in ids:
        began = time.perf_counter()
        decide(wish)
        waits.append((time.perf_counter() - began) * 1000)
    told.put((first, time.monotonic(), waits))
    connection.close()


def wrong(ids: list[str]) -> int:
    """How many were not decided exactly once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_WRONG, [ids])
        (found,) = cursor.fetchone()
    return int(found)
