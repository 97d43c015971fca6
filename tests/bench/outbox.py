"""C1-C5: the outbox beside Celery task-per-effect, Procrastinate and pgqueuer, one run, one sink."""

import os
import signal
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.bench import ours, peers, sink
from tests.bench.processes import cpu_seconds
from tests.bench.tables import Row, Table
from tests.chaos.children import Child

IN_FLIGHT, DELAY_MS = 50, 50.0
MANY, SOME, FEW = 1000, 400, 120
PATIENCE_S = 90.0
PER_SECOND, SECONDS = 50, 8


@dataclass(frozen=True)
class Rate:
    """Effects a second from the first to the last, and the processor time of the worker for each."""

    per_s: float
    cpu_ms: float


def play(stage: Any, table: Table) -> None:
    ours.prepare()
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    far = Child(lambda: sink.serve(listening))
    try:
        _point_to(stage, url)
        owner = stage.servers.owner_test_url
        peers.install_procrastinate(owner)
        peers.install_pgqueuer(owner)
        os.environ["BENCH_BROKER"] = stage.servers.redis_url.replace("unix:", "redis+socket:", 1)
        _rates(stage, table, url, owner)
        _latency(stage, table, url)
        _kills(stage, table, url)
    finally:
        far.kill()


def _rates(stage: Any, table: Table, url: str, owner: str) -> None:
    far: dict[str, Rate] = {}
    near: dict[str, Rate] = {}
    # Alternated, the middle of three: these machines are noisy.
    for place, delay in ((far, DELAY_MS), (near, 0.0)):
        place["ours"] = _middle(lambda delay=delay: _ours(stage, table, url, delay, MANY))
        place["pgqueuer"] = _middle(lambda delay=delay: _pgqueuer(table, url, owner, delay, MANY))
    far["procrastinate"] = _procrastinate(table, url, owner, DELAY_MS, SOME)
    far["threads"] = _celery(table, url, owner, "threads", 50, DELAY_MS, SOME)
    far["prefork"] = _celery(table, url, owner, "prefork", 2, DELAY_MS, FEW)
    bound = IN_FLIGHT / (DELAY_MS / 1000)
    mine = far["ours"]
    table.add(_row("C1", f"share of the bound, {IN_FLIGHT} in flight, 50 ms", mine, Rate(bound, 0), 0.9,
                   f"bound {bound:.0f}/s"))  # fmt: skip
    for key, name, floor in (("C2", "threads", 4.0), ("C2", "prefork", 25.0)):
        words = {"threads": "Celery threads-50, a task a row", "prefork": "Celery prefork-2"}[name]
        table.add(_row(key, "effects/s, 50 ms remote", mine, far[name], floor, words))
    table.add(
        _row("C2b", "effects/s, 50 ms remote", mine, far["pgqueuer"], 1.3, "pgqueuer, 50 tasks")
    )
    table.add(
        _row(
            "C2b",
            "effects/s, 0 ms remote",
            near["ours"],
            near["pgqueuer"],
            3.0,
            "pgqueuer, 50 tasks",
        )
    )
    table.add(
        _row(
            "C2c",
            "effects/s, 50 ms remote",
            mine,
            far["procrastinate"],
            None,
            "Procrastinate, 50 at once",
        )
    )
    table.add(
        Row(
            "C3", "worker CPU for an effect", f"{mine.cpu_ms:.2f} ms",
            f"Celery a task a row {far['threads'].cpu_ms:.2f} ms",
            far["threads"].cpu_ms / mine.cpu_ms if mine.cpu_ms else None, 15.0,
        )
    )  # fmt: skip


def _row(key: str, what: str, mine: Rate, other: Rate, floor: float | None, words: str) -> Row:
    beside = f"{words}: {other.per_s:.0f}/s" if other.cpu_ms else words
    return Row(key, what, f"{mine.per_s:.0f}/s", beside, mine.per_s / other.per_s, floor)


def _middle(measure: Callable[[], Rate], times: int = 3) -> Rate:
    found = sorted((measure() for _ in range(times)), key=lambda one: one.per_s)
    return found[len(found) // 2]


def _ours(stage: Any, table: Table, url: str, delay: float, count: int) -> Rate:
    sink.order(url, delay)
    keys = ours.fill(stage.office, count)
    _analyze(stage.servers.owner_test_url)
    return _watch(table, url, "ours", keys, Child(lambda: ours.drain(PATIENCE_S, 0.5)))


def _pgqueuer(table: Table, url: str, owner: str, delay: float, count: int) -> Rate:
    sink.order(url, delay)
    ids = peers.rows(owner, count)
    peers.feed_pgqueuer(owner, ids)
    _analyze(owner)
    return _watch(table, url, "pgqueuer", ids, Child(lambda: peers.pgqueuer(owner, url)))


def _procrastinate(table: Table, url: str, owner: str, delay: float, count: int) -> Rate:
    sink.order(url, delay)
    ids = peers.rows(owner, count)
    peers.feed_procrastinate(owner, ids)
    _analyze(owner)
    return _watch(table, url, "procrastinate", ids, Child(lambda: peers.procrastinate(owner, url)))


def _celery(
    table: Table, url: str, owner: str, pool: str, width: int, delay: float, count: int
) -> Rate:
    sink.order(url, delay)
    ids = peers.rows(owner, count)
    worker = peers.celery(pool, width, url)
    try:
        peers.feed_celery(ids[:1])
        _await(url, ids[:1])  # Its imports are over: what is timed is work.
        began = cpu_seconds(worker.pid)
        peers.feed_celery(ids[1:])
        return _watch(table, url, f"celery {pool}", ids, worker, began)
    finally:
        _end(worker)


def _analyze(owner: str) -> None:
    """What autovacuum does within a minute of a table's growth: the planner knows how large it is."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _watch(
    table: Table, url: str, name: str, keys: list[str], worker: Any, began: float = 0.0
) -> Rate:
    try:
        found = _await(url, keys)
        used = cpu_seconds(worker.pid) - began
    finally:
        _end(worker)
    lost = set(keys) - found["requests"].keys()
    if lost:
        table.lose(f"{name}: {len(lost)} of {len(keys)} effects not done")
    at = sorted(found["at"][key] for key in keys if key in found["at"])
    first = at[1] if name.startswith("celery") and len(at) > 1 else at[0]
    took = max(at[-1] - first, 1e-6) + (0.0 if name.startswith("celery") else DELAY_MS / 1000)
    return Rate(len(at) / took, used * 1000 / len(at))


def _end(worker: Any) -> None:
    if isinstance(worker, subprocess.Popen):
        worker.terminate()
        try:
            worker.wait(10)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
    else:
        worker.kill()


def _await(url: str, keys: Iterable[str]) -> Any:
    """Until all of these were sent; what an earlier worker left and this one sends is not counted."""
    ends, wanted = time.monotonic() + PATIENCE_S, set(keys)
    found = sink.tell(url)
    while wanted - found["requests"].keys() and time.monotonic() < ends:
        time.sleep(0.1)
        found = sink.tell(url)
    return found


def _latency(stage: Any, table: Table, url: str) -> None:
    """C4: from the commit to the effect while a drain lingers, 50 a second."""
    from approvals import doorbell

    sink.order(url, 0)
    from django.db import transaction

    calls = ours.runs(stage.office)
    worker = Child(lambda: ours.drain(SECONDS + 20, SECONDS + 10.0))
    time.sleep(1.5)
    made: dict[str, float] = {}
    try:
        began = time.monotonic()
        for number in range(PER_SECOND * SECONDS):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            key = ours.put(stage.office, calls[number % len(calls)])
            made[key] = time.time()
            with transaction.atomic():
                doorbell.kick()
        found = _await(url, made)
    finally:
        worker.kill()
    waits = sorted(
        max(0.0, found["at"].get(key, time.time()) - at) * 1000 for key, at in made.items()
    )
    p50, p99 = statistics.median(waits), waits[int(len(waits) * 0.99)]
    table.add(
        Row(
            "C4", f"commit to effect p99 at {PER_SECOND}/s (p50 {p50:.1f} ms)", f"{p99:.1f} ms",
            "limit 15 ms", p99 / 15.0, 1.0, at_most=True,
        )
    )  # fmt: skip


def _kills(stage: Any, table: Table, url: str) -> None:
    """C5: four workers killed -9 while they send; the receiver knows keys, requests tell what went twice."""
    from tests.approvals import support
    from tests.chaos import tempo

    tempo.quicken()  # A killed worker's lease ends after seconds, not after a minute.
    sink.order(url, 20)
    keys = ours.fill(stage.office, SOME)
    killed = 0
    stop = threading.Event()
    worker = Child(lambda: ours.drain(PATIENCE_S, 1.0))
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        done = len(sink.tell(url)["requests"])
        if done >= len(keys):
            break
        if killed < 4 and done >= len(keys) * (killed + 1) // 6:
            worker.signal(signal.SIGKILL)
            worker.wait()
            killed += 1
            worker = Child(lambda: ours.drain(PATIENCE_S, 1.0))
        support.make_due(stage.office)
        time.sleep(0.1)
    stop.set()
    worker.kill()
    found = sink.tell(url)["requests"]
    lost = len(set(keys) - found.keys())
    twice = sum(count - 1 for count in found.values())
    if lost:
        table.lose(f"C5: {lost} effects")
    table.add(
        Row(
            "C5", f"killed {killed}: lost {lost}, doubled effects 0", f"{twice} sent twice",
            f"in flight at the kills {killed * IN_FLIGHT}", twice / max(1, killed * IN_FLIGHT), 1.0,
            at_most=True,
        )
    )  # fmt: skip


def _point_to(stage: Any, url: str) -> None:
    from runs import scope
    from voice import connections

    with stage.office.scope():
        connections.put(
            stage.office.workspace.id, kind="mail", name="mail", base_url=url, secret="sk",
            at=scope.now(),
        )  # fmt: skip
