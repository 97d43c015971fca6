"""A1-A5 and B1-B3: the live path, bare and whole, beside a group layer and beside the limits, in one run."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from console.stack import ports, roles
from tests.bench import ingesting, publishing, resuming, serving
from tests.bench.publishing import Load
from tests.bench.serving import Ran, Server
from tests.bench.tables import Row, Table
from tests.bench.viewers import Want

SECONDS = 2.0
WATCHERS, CALLS = 100, 50
LAYER = "group_send, pubsub layer"
FLOORS = {"A2": {"daphne": 5.0, "uvicorn": 12.0}, "A3": {"daphne": 4.5, "uvicorn": 2.2}}


def play(stage: Any, table: Table) -> None:
    for name, part in (("A1", _capacity), ("A2", _alone), ("A4", _added)):
        for kind in serving.kinds() if table.wants(name) else ():
            with serving.serving(kind) as server:
                part(table, server)
    if table.wants("A3"):
        _limit(table)
    if table.wants("B"):
        _ingest(stage, table)
    if table.wants("whole"):
        _whole(stage, table)


def ours(server: Server, load: Load, each: int = 1, patience: float = 2.0) -> Ran:
    wants = serving.wants(server, "/hub/", load, each)
    return serving.run(
        server, load, wants, lambda told: publishing.through_bus(load, told), patience
    )


def stock(server: Server, load: Load, each: int = 1) -> Ran:
    wants = serving.wants(server, "/group/", load, each)
    return serving.run(server, load, wants, lambda told: publishing.through_groups(load, told))


def _capacity(table: Table, server: Server) -> None:
    """A1: deltas a second to a hundred viewers of one call, none lost, p99 below 250 ms."""

    def one(rate: float) -> Load:
        return Load(publishing.topics_of(1, 1), rate, SECONDS)

    mine = serving.highest(lambda rate: ours(server, one(rate), WATCHERS), 800)
    other = serving.highest(lambda rate: stock(server, one(rate), WATCHERS), 40)
    judge(table, f"A1 hub {server.kind}", mine)
    _add(
        table,
        Row(
            "A1", f"bare: to {WATCHERS} viewers, {server.kind} ({_joined(mine)})",
            f"{mine.per_s:,.0f}/s", f"{LAYER}: {other.per_s:,.0f}/s",
            mine.per_s / other.per_s, 20.0 if server.kind == "daphne" else None,
        ),
        server.kind, lambda fresh: ours(fresh, mine.load, WATCHERS),
    )  # fmt: skip


def _alone(table: Table, server: Server) -> None:
    """A2: one viewer a call and nothing joined: what a delivery costs the server."""
    for workspaces in (1, 20):
        load = Load(publishing.topics_of(CALLS, workspaces), 1000.0, SECONDS)
        mine, other = ours(server, load), stock(server, load)
        judge(table, f"A2 hub {server.kind}", mine)
        _add(
            table,
            Row(
                "A2", f"bare: server CPU a delivery, {workspaces} ws, {server.kind} ({_joined(mine)})",
                f"{mine.cpu_us:.0f} us", f"{LAYER}: {other.cpu_us:.0f} us",
                other.cpu_us / mine.cpu_us, FLOORS["A2"][server.kind],
            ),
            server.kind, lambda fresh, load=load: ours(fresh, load),
        )  # fmt: skip


def _added(table: Table, server: Server) -> None:
    """A4: what the hub adds while it is not busy."""
    load = Load(publishing.topics_of(CALLS, 1), 200.0, SECONDS)
    mine = ours(server, load)
    judge(table, f"A4 hub {server.kind}", mine)
    p50, p99 = mine.seen.wait(0.5), mine.seen.wait(0.99)
    table.add(
        Row("A4", f"bare: publisher to viewer p99, {server.kind} (p50 {p50:.1f} ms)", f"{p99:.1f} ms",
            "limit 10 ms", p99 / 10.0, 1.0, at_most=True)
    )  # fmt: skip


def _limit(table: Table) -> None:
    """A3: the distance to a bare protocol that writes a made frame, nothing joined."""
    load = Load(publishing.topics_of(1, 1), 100.0, SECONDS)
    with serving.serving("bare") as server:
        bare = ours(server, load, CALLS)
    judge(table, "A3 bare protocol", bare)
    for kind in serving.kinds():
        with serving.serving(kind) as server:
            mine = ours(server, load, CALLS)
        judge(table, f"A3 hub {kind}", mine)
        _add(
            table,
            Row("A3", f"bare: server CPU a frame, {CALLS} viewers, {kind} ({_joined(mine)})",
                f"{mine.cpu_us:.0f} us", f"bare asyncio protocol: {bare.cpu_us:.0f} us",
                mine.cpu_us / bare.cpu_us, FLOORS["A3"][kind], at_most=True),
            kind, lambda fresh: ours(fresh, load, CALLS),
        )  # fmt: skip


def _ingest(stage: Any, table: Table) -> None:
    """B1-B3: deltas that are kept, then told, one viewer a call: the highest rate without a loss."""
    _make_tables(stage)
    rows = ingesting.limit(ingesting.open_lines(1, 1), 1.5)
    for kind in serving.kinds():
        with serving.serving(kind) as server:
            other = serving.highest(lambda rate: _by_row(server, rate, frames=False), 500)
            for workspaces in (1, 20) if kind == "daphne" else (1,):
                mine = serving.highest(lambda rate, n=workspaces: _by_group(server, rate, n), 3000)
                judge(table, f"B1 {kind}", mine)
                _add(
                    table,
                    Row("B1", f"bare: kept, then told, {workspaces} ws, {kind} ({_joined(mine)})",
                        f"{mine.per_s:,.0f}/s", f"acreate + {LAYER}: {other.per_s:,.0f}/s",
                        mine.per_s / other.per_s, 10.0,
                        note=f"ingest {mine.publisher_us:.0f} us, server {mine.cpu_us:.0f} us a delta"),
                    kind, lambda fresh, ran=mine, n=workspaces: _by_group(fresh, ran.load.rate, n),
                )  # fmt: skip
        table.add(
            Row("B2", f"bare: ingest CPU a delta, {kind}", f"{mine.publisher_us:.0f} us",
                f"acreate + group_send: {other.publisher_us:.0f} us",
                other.publisher_us / mine.publisher_us, 10.0)
        )  # fmt: skip
        table.add(
            Row("B3", f"bare: share of the limit, {kind}", f"{mine.per_s:,.0f}/s",
                f"INSERT … unnest of 100, policies on: {rows:,.0f}/s", mine.per_s / rows, 0.15)
        )  # fmt: skip


def _by_group(server: Server, rate: float, workspaces: int) -> Ran:
    lines = {one.topic: one for one in ingesting.open_lines(CALLS, workspaces)}
    load = Load(tuple(lines), rate, SECONDS)
    wants = serving.wants(server, "/hub/", load)
    return serving.run(server, load, wants, lambda told: ingesting.grouped(load, told, lines))


def _by_row(server: Server, rate: float, *, frames: bool) -> Ran:
    load = Load(publishing.topics_of(CALLS, 1), rate, SECONDS)
    wants = serving.wants(server, "/group/", load)
    return serving.run(server, load, wants, lambda told: ingesting.one_by_one(load, told, frames))


def _whole(stage: Any, table: Table) -> None:
    """The shipped site with people who are signed in, and the switchboard's recorder."""
    port = ports.any_free()
    site = f"http://localhost:{port}"
    with serving.serving(
        "daphne", "console.asgi:application", port=port, READBACK_BASE_URL=site
    ) as web:
        with serving.serving("daphne") as server:
            one = Load(publishing.topics_of(1, 1), 100.0, SECONDS)
            other = serving.highest(
                lambda rate: stock(server, replace(one, rate=rate), WATCHERS), 25
            )
            rows = serving.highest(lambda rate: _by_row(server, rate, frames=True), 200)
        mine = serving.highest(lambda rate: _drawn(web, rate), 100)
        judge(table, "A1 whole", mine)
        table.add(
            Row("A1", f"whole: the call page's socket, {WATCHERS} viewers ({_joined(mine)})",
                f"{mine.per_s:,.0f}/s", f"{LAYER}: {other.per_s:,.0f}/s", mine.per_s / other.per_s)
        )  # fmt: skip
        kept = serving.highest(lambda rate: _by_recorder(web, rate), 200)
        judge(table, "B1 whole", kept)
        table.add(
            Row("B1", f"whole: frame and part kept, then drawn ({_joined(kept)})",
                f"{kept.per_s:,.0f}/s", f"2 acreate + {LAYER}: {rows.per_s:,.0f}/s",
                kept.per_s / rows.per_s,
                note=f"recorder {kept.publisher_us:.0f} us a delta, web {kept.cpu_us:.0f} us")
        )  # fmt: skip
        resuming.play(stage, table, web, seat)


def _drawn(web: Server, rate: float) -> Ran:
    (line,) = ingesting.open_lines(1, 1)
    load = Load((line.topic,), rate, SECONDS)
    wants = [seat(line, web)] * WATCHERS
    return serving.run(
        web, load, wants, lambda told: publishing.through_bus(load, told, whole=True)
    )


def _by_recorder(web: Server, rate: float) -> Ran:
    lines = {one.topic: one for one in ingesting.open_lines(CALLS, 1)}
    load = Load(tuple(lines), rate, SECONDS)
    wants = [seat(one, web) for one in lines.values()]
    return serving.run(web, load, wants, lambda told: ingesting.recorded(load, told, lines))


def seat(line: ingesting.Line, web: Server) -> Want:
    """A viewer of the call's page, signed in, as a browser asks for its socket."""
    first = json.dumps({"subscribe": {"topic": f"run:{line.public_id}", "after": 0}})
    headers = {"Cookie": line.cookie, "Origin": f"http://localhost:{web.port}"}
    return Want(web.port, f"/ws/{line.slug}/live/", first, headers, json.dumps({"ping": 1}))


def _make_tables(stage: Any) -> None:
    with roles.connect(stage.servers.owner_test_url) as link:
        link.execute(ingesting.CREATE)


def _add(table: Table, row: Row, kind: str, work: Callable[[Server], Any]) -> None:
    """What misses its floor says where the time goes: measured, with the same load once more."""
    if row.verdict == "MISSED":
        row = replace(row, note=f"{row.note} {serving.where(kind, work)}".strip())
    table.add(row)


def judge(table: Table, name: str, ran: Ran) -> None:
    """A delta that no viewer saw, twice or out of its order is a failure, whatever it cost."""
    if ran.lost or ran.seen.worst:
        table.lose(f"{name}: {ran.lost} of {ran.expected} deltas not seen {ran.seen.worst}")


def _joined(ran: Ran) -> str:
    """Deltas that waited together leave in one frame: said, so that nobody takes it for more."""
    return f"{ran.seen.frames / max(1, ran.seen.deltas):.2f} frames a delta"
