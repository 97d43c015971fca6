"""The same work by others: Celery with a task per row, Procrastinate, pgqueuer. Each sends and marks its row."""

import asyncio
import os
import subprocess
import sys
import uuid
from typing import Any

import httpx2
import psycopg

CREATE = """
    CREATE TABLE IF NOT EXISTS bench_effect (
        id uuid PRIMARY KEY, state varchar(12) NOT NULL, "to" varchar(200) NOT NULL,
        reference varchar(80) NOT NULL);
    GRANT SELECT, INSERT, UPDATE ON bench_effect TO PUBLIC;
"""


def rows(owner_url: str, count: int) -> list[str]:
    """So many effects to be sent."""
    ids = [str(uuid.uuid4()) for _ in range(count)]
    with psycopg.connect(owner_url, autocommit=True) as link:
        link.execute(CREATE)
        with link.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO bench_effect VALUES (%s, 'pending', %s, '')",
                [(one, f"c{number}@homes.example") for number, one in enumerate(ids)],
            )
    return ids


def celery(pool: str, width: int, sink: str) -> "subprocess.Popen[bytes]":
    argv = [
        sys.executable, "-m", "celery", "-q", "-A", "tests.bench.celery_peer", "worker", "-P", pool,
        "-c", str(width), "-Q", "bench", "--without-gossip", "--without-mingle", "-l", "ERROR",
    ]  # fmt: skip
    env = {**os.environ, "BENCH_SINK": sink}
    return subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def feed_celery(ids: list[str]) -> None:
    from tests.bench.celery_peer import send

    for one in ids:
        send.delay(one)


async def _deliver(client: httpx2.AsyncClient, link: Any, sink: str, key: str) -> None:
    body = {"to": "c@homes.example", "subject": "Hello", "text": "Hello"}
    headers = {"Idempotency-Key": key, "Authorization": "Bearer sk"}
    answer = await client.post(f"{sink}/emails", json=body, headers=headers)
    answer.raise_for_status()
    async with link.connection() as one:
        await one.execute(
            "UPDATE bench_effect SET state = 'done', reference = %s WHERE id = %s",
            [answer.json()["id"], key],
        )


def procrastinate(owner_url: str, sink: str) -> None:
    """One worker, 50 at once; for ever."""
    asyncio.run(_procrastinate(owner_url, sink))


async def _procrastinate(owner_url: str, sink: str) -> None:
    import logging

    from procrastinate import App, PsycopgConnector
    from psycopg_pool import AsyncConnectionPool

    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # a line a job is not its work
    app = App(connector=PsycopgConnector(conninfo=owner_url, min_size=2, max_size=10))
    limits = httpx2.Limits(max_connections=100)
    async with (
        httpx2.AsyncClient(trust_env=False, limits=limits) as client,
        AsyncConnectionPool(owner_url, min_size=2, max_size=8, open=False) as pool,
        app.open_async(),
    ):

        @app.task(name="send", queue="bench")
        async def send(key: str) -> None:
            await _deliver(client, pool, sink, key)

        await app.run_worker_async(
            queues=["bench"], concurrency=50, wait=True, install_signal_handlers=False,
            delete_jobs="successful",
        )  # fmt: skip


def feed_procrastinate(owner_url: str, ids: list[str]) -> None:
    async def feed() -> None:
        from procrastinate import App, PsycopgConnector

        app = App(connector=PsycopgConnector(conninfo=owner_url))
        async with app.open_async():
            task = app.configure_task("send", queue="bench")
            await task.batch_defer_async(*[{"key": one} for one in ids])

    asyncio.run(feed())


def install_procrastinate(owner_url: str) -> None:
    async def install() -> None:
        from procrastinate import App, PsycopgConnector

        app = App(connector=PsycopgConnector(conninfo=owner_url))
        async with app.open_async():
            await app.schema_manager.apply_schema_async()

    asyncio.run(install())


def pgqueuer(owner_url: str, sink: str) -> None:
    """One queue manager, 50 tasks at once; for ever."""
    asyncio.run(_pgqueuer(owner_url, sink))


async def _pgqueuer(owner_url: str, sink: str) -> None:
    from pgqueuer import PgQueuer, PsycopgDriver
    from psycopg_pool import AsyncConnectionPool

    limits = httpx2.Limits(max_connections=100)
    link = await psycopg.AsyncConnection.connect(owner_url, autocommit=True)
    async with (
        httpx2.AsyncClient(trust_env=False, limits=limits) as client,
        AsyncConnectionPool(owner_url, min_size=2, max_size=8, open=False) as pool,
    ):
        queue = PgQueuer(PsycopgDriver(link))

        @queue.entrypoint("send")
        async def send(job: Any) -> None:
            await _deliver(client, pool, sink, job.payload.decode())

        await queue.run(batch_size=50, max_concurrent_tasks=100)


def feed_pgqueuer(owner_url: str, ids: list[str]) -> None:
    async def feed() -> None:
        from pgqueuer import PsycopgDriver, Queries

        link = await psycopg.AsyncConnection.connect(owner_url, autocommit=True)
        async with link:
            queries = Queries(PsycopgDriver(link))
            count = len(ids)
            await queries.enqueue(["send"] * count, [one.encode() for one in ids], [0] * count)

    asyncio.run(feed())


def install_pgqueuer(owner_url: str) -> None:
    async def install() -> None:
        from pgqueuer import PsycopgDriver, Queries

        link = await psycopg.AsyncConnection.connect(owner_url, autocommit=True)
        async with link:
            await Queries(PsycopgDriver(link)).install()

    asyncio.run(install())
