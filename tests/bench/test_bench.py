"""The bench at a tenth of its size: that it runs and loses nothing. No duration is judged here."""

import json
import re
from types import SimpleNamespace

import pytest
from django.db import connection

from approvals.models import OutboxEntry
from console.builders import audits, cursors
from console.stack import postgres, roles
from console.stack.errors import StackError
from runs import scope
from runs.models import Run
from tests import stack_plugin
from tests.bench import (
    filling,
    ingesting,
    live,
    pages,
    publishing,
    searching,
    serving,
    sites,
    viewers,
)
from tests.bench.publishing import Load
from tests.bench.tables import Table
from voice import search_documents
from voice.models import Call, TurnPart

SMALL, MORE = 2000, 2400
PATIENCE_S = 30.0


@pytest.fixture
def stage(committed_db):
    return SimpleNamespace(servers=stack_plugin.current())


def test_viewers_of_the_hub_see_every_delta_word_by_word(stage):
    load = Load(publishing.topics_of(3, 2), 60.0, 1.0)
    for kind in serving.kinds():
        with serving.serving(kind) as server:
            ran = live.ours(server, load, each=2, patience=PATIENCE_S)
        assert (ran.lost, ran.seen.worst) == (0, "")
        assert ran.seen.texts == [load.each] * 6


def test_a_delta_with_other_words_is_seen(tmp_path):
    said = [viewers.text(1, 5), viewers.text(2, 6).replace("boiler", "roof"), viewers.text(3, 7)]
    frames = [json.dumps({"text": one}).encode() for one in said]
    wire = b"".join(b"\x81\x7e" + len(one).to_bytes(2, "big") + one for one in frames)
    seen = viewers.judged([[(0, wire[:50]), (1, wire[50:])]])
    assert seen.texts == [-1]
    assert "2" in seen.worst


def test_what_is_kept_in_groups_is_kept_and_told(stage):
    lines = {one.topic: one for one in ingesting.open_lines(4, 2)}
    load = Load(tuple(lines), 200.0, 1.0)
    with serving.serving("daphne") as server:
        wants = serving.wants(server, "/hub/", load)
        ran = serving.run(
            server,
            load,
            wants,
            lambda told: ingesting.grouped(load, told, lines),
            patience=PATIENCE_S,
        )
    assert ran.lost == 0
    assert sum(kept(line) for line in lines.values()) == load.deltas


def kept(line):
    with scope.workspace(line.workspace):
        return TurnPart.objects.filter(turn_id=line.turn).count()


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    url = roles.change_url(stack_plugin.current().owner_url, user=postgres.SUPERUSER)
    try:
        roles.connect(url).close()
    except StackError:
        pytest.skip("rows are filled in by the superuser of a server of our own")
    with (
        django_db_blocker.unblock(),
        sites.opened(SimpleNamespace(servers=stack_plugin.current()), (SMALL, MORE)) as pair,
    ):
        yield pair


def test_every_filter_finds_the_same_and_no_page_asks_more(filled):
    """What is rare is among the first calls: with more calls a filter for it must find no more, nor ask more."""
    small, big = filled
    for name, asked in RARE:
        before, after = small.page(f"{name}?{asked}"), big.page(f"{name}?{asked}")
        assert (before.status, after.status) == (200, 200), f"{name}?{asked}"
        assert shown(name, before) == shown(name, after) > 0, f"{name}?{asked}"
        assert before.queries == after.queries, f"{name}?{asked}"
    pages._filters(Table("pages"), big, "audit/")


RARE = (
    ("calls/", "state=live"), ("calls/", "state=needs_summary"), ("calls/", "state=escalated"),
    ("calls/", "verdict=no_answer"), ("calls/", "agent=Night+desk"), ("calls/", "q=Zacharias+Quill"),
    ("runs/", "state=failed"), ("runs/", f"action={filling.RARE_ACTION}"),
    ("outbox/", "state=needs_you"), ("audit/", "action=key.made"), ("audit/", "who=quentin"),
)  # fmt: skip


def shown(name, answer):
    """How many rows the page draws, by their ids."""
    prefix = {"runs/": "RUN", "outbox/": "OBX"}.get(name, "CALL")
    return len(set(re.findall(prefix.encode() + rb"-[0-9A-Z]{8}", answer.body)))


def test_a_page_comes_from_the_index_that_has_its_order(filled):
    """The planner sorts a whole workspace where the query does not say which one."""
    _small, big = filled
    with big.inside():
        for rows, field, index in (
            (Call.objects.all(), "rang_at", "voice_call_newest"),
            (Run.objects.all(), "started_at", "runs_run_newest"),
            (OutboxEntry.objects.all(), "created_at", "approvals_outboxentry_newest"),
            (audits.found(audits.Wanted()), "at", "runs_auditentry_newest"),
        ):
            plan = explained(lambda rows=rows, field=field: cursors.page(rows, field, 50))
            assert index in plan, plan
            assert "Sort" not in plan, plan


def test_words_that_are_rare_come_from_their_index(filled):
    """Behind row-level security an index of words is used through the view of the owner only."""
    _small, big = filled
    searching._fill(big)
    rare = searching.word(400)
    with big.inside():
        _live, over = search_documents.saying(rare)
        plan = explained(lambda: cursors.page(Call.objects.filter(over), "rang_at", 50))
        found = Call.objects.filter(over).count()
    assert "voice_searchdocument_words" in plan, plan
    with roles.connect(big.servers.owner_test_url) as link:
        said = "SELECT count(DISTINCT call_id) FROM bench_turn WHERE text ~ %s"
        assert link.execute(said, [rf"\m{rare}\M"]).fetchone() == (found,)
    assert 0 < found < MORE / 4


def explained(work):
    """The plan of the query that the work makes."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + asked[-1][0], asked[-1][1])
        return "\n".join(row[0] for row in cursor.fetchall())
