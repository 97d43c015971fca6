"""E1: decisions a second and their p99, 16 people at once, beside select_for_update with the ORM."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.bench import bare
from tests.bench.tables import Row, Table

PEOPLE, WISHES, RACES = 16, 800, 40


def play(stage: Any, table: Table) -> None:
    _whole(stage, table)
    _bare(stage, table)
    _frozen(stage, table)


def _whole(stage: Any, table: Table) -> None:
    """The product: approval, outbox rows, ledger, steps and audit in one transaction; three race for each."""
    wishes = [_wish(stage) for _ in range(RACES)]
    winners: dict[str, int] = {}
    lock = threading.Lock()

    def decide(wish: Any) -> bool:
        won = _approve(stage, wish)
        with lock:
            winners[wish.public_id] = winners.get(wish.public_id, 0) + won
        return won

    waits, took = _race([wish for wish in wishes for _ in range(3)], decide)
    wrong = [one for one, count in winners.items() if count != 1]
    if wrong:
        table.lose(f"E1: {len(wrong)} of {RACES} races without a single winner")
    table.add(
        Row(
            "E1", f"approvals, whole ({RACES} races of 3, p99 {_p99(waits):.0f} ms)",
            f"{RACES / took:.0f}/s", f"single winners {RACES - len(wrong)} of {RACES}", None,
        )
    )  # fmt: skip


def _bare(stage: Any, table: Table) -> None:
    """The same commit on bare rows (state, audit line, effect), from 16 processes: one statement beside
    SELECT FOR UPDATE, save() and two creates. Four race for each wish."""
    _make_tables(stage)
    figures: dict[str, list[tuple[float, float]]] = {"ours": [], "stock": []}
    for _turn in range(3):
        for name, decide in (("ours", bare.in_one_statement), ("stock", bare.with_the_orm)):
            ids = bare.put(WISHES)
            waits, took = bare.race(ids, decide, PEOPLE)
            figures[name].append((WISHES / took, _p99(waits)))
            wrong = bare.wrong(ids)
            if wrong:
                table.lose(f"E1 {name}: {wrong} wishes without one decision, one line, one effect")
    mine, stock = (sorted(figures[name])[1] for name in ("ours", "stock"))
    table.add(
        Row(
            "E1", f"decisions, bare commit (p99 {mine[1]:.0f} ms)", f"{mine[0]:.0f}/s",
            f"ORM select_for_update: {stock[0]:.0f}/s p99 {stock[1]:.0f} ms", mine[0] / stock[0], 4.0,
        )
    )  # fmt: skip


def _frozen(stage: Any, table: Table) -> None:
    """An approval while Redis is frozen: what the person waits."""
    import signal

    from approvals import doorbell

    wish = _wish(stage)
    stage.servers.processes["valkey"].signal(signal.SIGSTOP)
    try:
        doorbell._resting_until = 0.0
        began = time.monotonic()
        _approve(stage, wish)
        took = time.monotonic() - began
    finally:
        stage.servers.processes["valkey"].signal(signal.SIGCONT)
    table.add(
        Row("E2", "an approval with Redis frozen", f"{took * 1000:.0f} ms", "limit 1 s", took, 1.0,
            at_most=True)
    )  # fmt: skip


def _race(items: list[Any], decide: Callable[[Any], bool]) -> tuple[list[float], float]:
    waits: list[float] = []

    def one(item: Any) -> None:
        began = time.perf_counter()
        decide(item)
        waits.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    with ThreadPoolExecutor(PEOPLE, initializer=_warm) as pool:
        list(pool.map(one, items))
        took = time.perf_counter() - began
        pool.map(_close, range(PEOPLE))
    return waits, took


def _warm() -> None:
    from django.db import connection

    connection.ensure_connection()


def _close(_: int) -> None:
    from django.db import connections

    connections.close_all()


def _make_tables(stage: Any) -> None:
    import psycopg

    with psycopg.connect(stage.servers.owner_test_url, autocommit=True) as link:
        link.execute(bare.TABLES)


def _wish(stage: Any) -> Any:
    from tests.approvals import support

    number = time.monotonic_ns()
    with stage.office.scope():
        effect = support.Effect(
            action="records.put", arguments={"record": f"b{number}", "value": "v"}
        )
        return support.propose(
            stage.office, wish=support.Content(effects=(effect,), title=f"Wish {number}")
        )


def _approve(stage: Any, wish: Any) -> bool:
    from runs.errors import Conflict
    from tests.approvals import support

    try:
        with stage.office.scope():
            support.approve(stage.office, wish)
    except Conflict:
        return False
    return True


def _p99(waits: list[float]) -> float:
    return sorted(waits)[max(0, int(len(waits) * 0.99) - 1)] if waits else statistics.nan
