"""D1-D4: pages at a size and at ten times the size, over HTTP, beside the ways they are commonly written."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.bench import filling, searching, sites
from tests.bench.sites import Answer, Site
from tests.bench.tables import Row, Table

SIZES = (20_000, 200_000)
TIMES, FEW_TIMES = 15, 3
GROWTH = 1.3
# How much longer than the list itself a filter of it may be at work in the database.
LONGEST = 5.0
DEEP, JSON = 100.0, 3.0

# Filters and states of each list, as they stand in the address of saved views.
FILTERS = {
    "calls/": (
        "", "state=live", "state=needs_summary", "state=incomplete", "state=escalated", "state=missed",
        f"q={filling.RARE_NAME.replace(' ', '+')}", "q=Whitfield", "q=CALL-9E37", "q=%2B447700000500",
        "q=uid-77", "from=2026-11-20&to=2026-11-21", "to=2026-05-10",
        "agent=Front+desk", "agent=Night+desk", "outcome=complete", "outcome=missing",
        "verdict=qualified", "verdict=unqualified", "verdict=no_answer",
        "state=missed&outcome=missing&agent=Night+desk", "state=incomplete&verdict=no_answer",
        "state=escalated&outcome=missing&from=2026-01-01",
    ),
    "runs/": (
        "", "state=running", "state=completed", "state=failed",
        f"q={filling.RARE_NAME.replace(' ', '+')}", "q=RUN-9E37", "from=2026-11-20&to=2026-11-21",
        "agent=Front+desk", "agent=Night+desk", "outcome=missing", "verdict=qualified",
        "verdict=no_answer", "action=crm.update_contact", f"action={filling.RARE_ACTION}",
        "state=failed&agent=Night+desk", f"state=completed&action={filling.RARE_ACTION}",
    ),
    "outbox/": (
        "", "state=needs_you", "state=retrying", "state=held", "state=confirmed", "state=cancelled",
        f"q={filling.RARE_NAME.replace(' ', '+')}", "q=OBX-9E37", "q=RUN-9E37",
        "from=2026-11-20&to=2026-11-21", "action=crm.update_contact", f"action={filling.RARE_ACTION}",
        f"state=cancelled&action={filling.RARE_ACTION}",
    ),
    "audit/": (
        "", "who=Operator+7", f"who={filling.RARE_PERSON.replace(' ', '+')}", "who=Nobody",
        "action=proposal.approved", "action=key.made", "about=CALL-9E3779B1", "about=CALL-NONE",
        "since=2026-11-20&until=2026-11-21", "request=c4ca4238a0b9", "request=none",
    ),
}  # fmt: skip


def play(stage: Any, table: Table, sizes: tuple[int, int] = SIZES) -> None:
    parts: dict[str, Callable[[Site, Site], None]] = {
        "D1": lambda small, big: _growth(table, small, big),
        "filters": lambda _small, big: _every_filter(table, big),
        "D2": lambda _small, big: _deep(table, big),
        "D3": lambda small, big: searching.play(table, small, big),
        "D4": lambda _small, big: _json(table, big),
    }
    with sites.opened(stage, sizes) as (small, big):
        for name, part in parts.items():
            if table.wants(name):
                part(small, big)


def _every_filter(table: Table, big: Site) -> None:
    for name in FILTERS:
        _filters(table, big, name)


def _growth(table: Table, small: Site, big: Site) -> None:
    """D1: the same pages of both, by turns; the middle of many."""
    for name, here, there in _pages(small, big):
        found: tuple[list[Answer], list[Answer]] = ([], [])
        for _ in range(TIMES):
            for site, rest, answers in ((small, here, found[0]), (big, there, found[1])):
                answers.append(site.page(rest))
        few, many = found
        queries = {answer.queries for answer in (*few[1:], *many[1:])}
        if len(queries) != 1 or any(answer.status != 200 for answer in (*few, *many)):
            table.lose(f"D1 {name}: queries {queries}, answers {[one.status for one in many]}")
        before, after = middle(few, "ms"), middle(many, "ms")
        table.add(
            Row(
                "D1", f"{name}: {many[-1].queries} queries, SQL {middle(many, 'sql_ms'):.1f} ms",
                f"{after:.1f} ms", f"with {small.calls:,} calls: {before:.1f} ms", after / before,
                GROWTH, at_most=True,
                note=f"SQL {middle(few, 'sql_ms'):.1f} to {middle(many, 'sql_ms'):.1f} ms, Python"
                     f" {middle(few, 'cpu_ms'):.1f} to {middle(many, 'cpu_ms'):.1f} ms",
            )
        )  # fmt: skip


def _pages(small: Site, big: Site) -> list[tuple[str, str, str]]:
    """(name, address here, address there): the first page, one far down, and what is not a list."""
    known = [(f"{name} page 1", name, name) for name in FILTERS]
    for name, table, field in (
        ("calls/", "voice_call", "rang_at"), ("runs/", "runs_run", "started_at"),
        ("outbox/", "approvals_outboxentry", "created_at"), ("audit/", "runs_auditentry", "at"),
    ):  # fmt: skip
        deep = (f"{name}?after={site.cursor(table, field)}" for site in (small, big))
        known.append((f"{name} far down", *deep))
    call = f"calls/{small.call()}/"
    known += [
        ("a call", call, call),
        ("approvals/", "approvals/", "approvals/"),
        ("live/", "live/", "live/"),
    ]
    return known


def _filters(table: Table, big: Site, name: str) -> None:
    """Whatever can be asked of a list, one by one: the slowest is told, and where its time goes."""
    spent: list[tuple[float, str, Answer]] = []
    for asked in FILTERS[name]:
        found = [big.page(f"{name}?{asked}") for _ in range(FEW_TIMES)]
        if any(one.status != 200 for one in found):
            table.lose(f"D1 {name}?{asked}: {[one.status for one in found]}")
        spent.append((middle(found, "sql_ms"), asked, found[-1]))
    plain, (slowest, asked, answer) = spent[0][0], max(spent)
    over = [f"{one} {sql:.0f} ms" for sql, one, _ in spent if sql > LONGEST * plain]
    table.add(
        Row("D1", f"{name}: {len(spent)} filters, slowest {asked or 'none'}", f"{slowest:.0f} ms SQL",
            f"without a filter: {plain:.0f} ms", slowest / plain, LONGEST, at_most=True,
            note="; ".join(over) or f"one query of {answer.slowest_ms:.0f} ms")
    )  # fmt: skip


def _deep(table: Table, big: Site) -> None:
    """D2: the last page but one by keyset, beside the same page by OFFSET as a paginator asks for it."""
    from console.builders import cursors
    from voice.models import Call

    with big.inside():
        rows = Call.objects.select_related("run__release", "customer").order_by("-rang_at", "-id")
        mine = cursors.after(rows, big.cursor("voice_call", "rang_at", 100), "rang_at")[:50]
        other = rows.filter(workspace_id=big.seed.pattern.workspace)[
            big.calls - 100 : big.calls - 50
        ]
        ours, stock = (one.query.sql_with_params() for one in (mine, other))
    spent = [(_timed(big, *ours), _timed(big, *stock)) for _ in range(5)]
    fast, slow = (statistics.median(column) for column in zip(*spent, strict=True))
    table.add(
        Row("D2", f"bare: page {big.calls // 50 - 1:,} of calls by keyset", f"{fast:.2f} ms",
            f"OFFSET: {slow:.0f} ms", slow / fast, DEEP if big.calls >= SIZES[1] else None)
    )  # fmt: skip


def _timed(site: Site, sql: Any, params: Any) -> float:
    with site.bare() as link:
        # Once before: the first statement of a connection reads the catalogue.
        link.execute(sql, params).fetchall()
        began = time.perf_counter()
        assert len(link.execute(sql, params).fetchall()) in (49, 50)
        return (time.perf_counter() - began) * 1000


def _json(table: Table, big: Site) -> None:
    """D4: processor time for a page of the API, beside ModelSerializer with the same rows and key."""
    from tests.bench import stock_api

    call = big.call()
    for what, mine, other in (
        ("50 calls", "/api/v1/voice/calls?limit=50", "/bench/stock/calls"),
        (f"{filling.LONG_CALL + 4} turns", f"/api/v1/voice/calls/{call}/transcript",
         f"/bench/stock/calls/{call}/transcript"),
    ):  # fmt: skip
        with big.inside():
            fast, slow = stock_api.rendered(what, call, TIMES)
        table.add(Row("D4", f"bare: rows of {what} to JSON", f"{fast:.2f} ms CPU",
                      f"ModelSerializer: {slow:.2f} ms", slow / fast, JSON))  # fmt: skip
        pairs = [(big.api(mine), big.api(other)) for _ in range(TIMES)]
        if any(one.status != 200 for pair in pairs for one in pair):
            table.lose(f"D4 {what}: {[(a.status, b.status) for a, b in pairs][:2]}")
        ours, stock = ([pair[place] for pair in pairs[1:]] for place in (0, 1))
        fast, slow = middle(ours, "cpu_ms"), middle(stock, "cpu_ms")
        table.add(
            Row("D4", f"whole: {what} over HTTP", f"{fast:.1f} ms CPU",
                f"ModelSerializer: {slow:.1f} ms", slow / fast,
                note=f"ours {ours[-1].queries} queries {middle(ours, 'sql_ms'):.1f} ms,"
                     f" theirs {stock[-1].queries} {middle(stock, 'sql_ms'):.1f} ms")
        )  # fmt: skip


def middle(answers: list[Answer], what: str) -> float:
    values: Callable[[Answer], float] = lambda one: float(getattr(one, what))  # noqa: E731
    return statistics.median(map(values, answers))
