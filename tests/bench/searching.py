"""D3: words that were said, in so many calls: one document a call, beside an index over turns."""

import random
import statistics
import time
from itertools import accumulate
from typing import Any

from console.stack import postgres, roles
from tests.bench import filling
from tests.bench.sites import Site
from tests.bench.tables import Row, Table

TURNS, WORDS_A_TURN, VOCABULARY = 6, 10, 20_000
FLOOR = 100.0
TIMES, FEW_TIMES = 9, 3
# How common a word is, by its place in the vocabulary: in most calls, in some, in few, in none.
ASKED = {"common": 3, "medium": 300, "rare": 15_000, "absent": VOCABULARY + 1}
# As the manual of Django has it: a functional index over the texts, newest first. Behind no policy, which
# would keep Postgres from using the index at all.
_STOCK = """
SELECT call_id, text FROM bench_turn
 WHERE to_tsvector('simple', text) @@ plainto_tsquery('simple', %s) ORDER BY at DESC LIMIT 50
"""


def play(table: Table, small: Site, big: Site) -> None:
    for site in (small, big):
        _fill(site)
        site.link.close()  # the server has let go of it meanwhile
    for name, place in ASKED.items():
        before, after = (_ours(site, word(place), TIMES) for site in (small, big))
        stock = statistics.median(_stock(big, word(place)) for _ in range(FEW_TIMES))
        floor = FLOOR if name == "common" and big.calls >= 200_000 else None
        table.add(
            Row("D3", f"bare: newest 50 of {big.calls:,} calls, {name} word", f"{after:.1f} ms",
                f"GIN on {big.calls * TURNS:,} turns: {stock:.1f} ms", stock / after, floor,
                note=f"with {small.calls:,} calls: {before:.1f} ms")
        )  # fmt: skip
    for asked in (
        "words=boiler",
        f"words={word(3)}",
        f"words={word(300)}",
        "words=%22boiler+failed%22",
    ):
        found = [big.page(f"calls/?{asked}") for _ in range(FEW_TIMES)]
        if any(one.status != 200 for one in found):
            table.lose(f"D3 {asked}: {[one.status for one in found]}")
        sql = statistics.median(one.sql_ms for one in found)
        table.add(
            Row("D3", f"whole: calls/?{asked}, sentences shown", f"{sql:.0f} ms SQL",
                f"{found[-1].queries} queries", None, note=f"slowest {found[-1].slowest_ms:.0f} ms")
        )  # fmt: skip


def word(place: int) -> str:
    """Letters only, never the beginning of another, the same in every run."""
    letters = ""
    while True:
        place, digit = divmod(place, 20)
        letters = "bcdfghjklmnpqrstvwxz"[digit] + letters
        if not place:
            return f"a{letters:b>4}o"


def _fill(site: Site) -> None:
    """What was said, by a law of Zipf: the word at place n is n times rarer than the first."""
    url = roles.change_url(site.servers.owner_test_url, user=postgres.SUPERUSER)
    with roles.connect(url) as link:
        link.execute(
            "CREATE TABLE bench_turn (n integer, call_id uuid, at timestamptz, text text NOT NULL);"
            "GRANT SELECT ON bench_turn TO PUBLIC"
        )
        _say(link, site.calls)
        link.execute("CREATE INDEX ON bench_turn USING gin (to_tsvector('simple', text))")
        link.execute("SET session_replication_role = replica")
        link.execute(
            f"INSERT INTO voice_searchdocument (id, workspace_id, call_id, words)"
            f" SELECT {filling.key('document')}, %s, call_id, to_tsvector('simple', said || CASE"
            f" WHEN n %% 4 = 0 THEN coalesce((SELECT string_agg(t.text, ' ' ORDER BY t.position)"
            f" FROM voice_turn t WHERE t.call_id = spoken.call_id), '') ELSE '' END)"
            f" FROM (SELECT n, call_id, string_agg(text, ' ') || ' ' AS said FROM bench_turn"
            f" GROUP BY n, call_id) AS spoken",
            [site.seed.pattern.workspace],
        )
        for name in ("bench_turn", "voice_searchdocument"):
            link.execute(f"VACUUM (ANALYZE) {name}")


def _say(link: Any, calls: int) -> None:
    dice = random.Random(calls)
    words = [word(place) for place in range(1, VOCABULARY + 1)]
    weights = list(accumulate(1 / place for place in range(1, VOCABULARY + 1)))
    numbered = f"SELECT n, {filling.key('call')}, {filling.AT} FROM generate_series(1, %s) AS n"
    known = link.execute(numbered, [calls]).fetchall()
    with link.cursor() as cursor, cursor.copy("COPY bench_turn FROM STDIN") as copy:
        for number, call, at in known:
            said = dice.choices(words, cum_weights=weights, k=TURNS * WORDS_A_TURN)
            for turn in range(TURNS):
                begin = turn * WORDS_A_TURN
                copy.write_row((number, call, at, " ".join(said[begin : begin + WORDS_A_TURN])))


def _ours(site: Site, asked: str, times: int) -> float:
    """The questions of the list's page, as the product's role behind its policies."""
    from console.builders import cursors
    from voice import search_documents
    from voice.models import Call

    with site.inside():
        rows = Call.objects.values_list(
            "id", "rang_at"
        )  # which they are; the other side joins nothing
        wanted = [
            cursors.after(rows.filter(one), "", "rang_at").order_by("-rang_at", "-id")[:51]
            for one in search_documents.saying(asked)
        ]
        statements = [one.query.sql_with_params() for one in wanted]
    spent = []
    with site.bare() as link:
        for _ in range(times + 1):
            began = time.perf_counter()
            for sql, params in statements:
                link.execute(sql, params).fetchall()
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[1:])


def _stock(site: Site, asked: str) -> float:
    with roles.connect(site.servers.owner_test_url) as link:
        link.execute("SELECT 1")
        began = time.perf_counter()
        link.execute(_STOCK, [asked]).fetchall()
        return (time.perf_counter() - began) * 1000
