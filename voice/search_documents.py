"""Search in what was said: one document a call, kept with the call's end; live calls are read as they are.

The words are those of the turns, so what was taken out of a turn is in no document. They are searched as
they were spoken, without the grammar of a language: each word asked for may be the beginning of one.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from runs import scope
from runs.ids import uuid7

LONGEST_SENTENCE = 180
OPENS, CLOSES = "\x02", "\x03"  # around a word that was asked for

# A call of 65 minutes holds about 60,000 characters; a document above 1 MB is an error of Postgres.
_WORDS = """
to_tsvector('simple', coalesce((
    SELECT left(string_agg(t.text, ' ' ORDER BY t.position), 200000) FROM voice_turn t
     WHERE t.workspace_id = c.workspace_id AND t.call_id = c.id), ''))
"""
_KEEP = f"""
INSERT INTO voice_searchdocument (id, workspace_id, call_id, words)
SELECT %s, c.workspace_id, c.id, {_WORDS} FROM voice_call c WHERE c.id = %s
    ON CONFLICT (workspace_id, call_id) DO UPDATE SET words = EXCLUDED.words
"""  # noqa: S608
_FOLLOW = f"""
UPDATE voice_searchdocument d SET words = {_WORDS} FROM voice_call c
 WHERE c.id = d.call_id AND d.call_id = %s
"""  # noqa: S608
# Constant when it is planned: the planner knows how common the words are.
_QUERY = r"""
nullif(regexp_replace(websearch_to_tsquery('simple', %s)::text, $$'( |\)|$)$$, $$':*\1$$, 'g'), '')::tsquery
"""
_OVER = f"""
SELECT s.call_id FROM voice_searchable s WHERE s.workspace_id = %s AND s.words @@ ({_QUERY})
"""  # noqa: S608
_LIVE = f"""
SELECT c.id FROM voice_call c
 WHERE c.workspace_id = %s AND c.state IN ('ringing', 'live') AND {_WORDS} @@ ({_QUERY})
"""  # noqa: S608
# In each call the first turn that has all of it, else the first that has some of it.
_SENTENCES = f"""
WITH asked AS MATERIALIZED (SELECT ({_QUERY}) AS whole),
wanted AS MATERIALIZED (
    SELECT whole, CASE WHEN whole::text LIKE '%%!%%' THEN whole
           ELSE regexp_replace(whole::text, ' (&|<[-0-9]+>) ', ' | ', 'g')::tsquery END AS some
      FROM asked)
SELECT t.call_id, t.id, t.position, t.speaker,
       ts_headline('simple', t.text, wanted.some, %s)
  FROM wanted, unnest(%s::uuid[]) AS c(id) CROSS JOIN LATERAL (
    SELECT t.* FROM voice_turn t
     WHERE t.workspace_id = %s AND t.call_id = c.id AND to_tsvector('simple', t.text) @@ wanted.some
     ORDER BY to_tsvector('simple', t.text) @@ wanted.whole DESC, t.position LIMIT 1) AS t
"""  # noqa: S608
_HEADLINE = f"HighlightAll=true, StartSel={OPENS}, StopSel={CLOSES}"
_ENDS = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """Where it was said. `text` is the sentence, with OPENS and CLOSES around what was asked for."""

    turn: uuid.UUID
    position: int
    speaker: str
    text: str

    @property
    def plain(self) -> str:
        return self.text.replace(OPENS, "").replace(CLOSES, "")


def keep(call_id: uuid.UUID) -> None:
    """In the transaction that ends the call: from then on its turns are found by their document."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [uuid7(), call_id])


def follow(call_id: uuid.UUID) -> None:
    """In the transaction that changes a turn. A call that is live has no document yet."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [call_id])


def saying(text: str) -> tuple[Q, Q]:
    """Calls that are live, and calls that are over, in which all these words were said: "in quotes" side
    by side, -word not at all.

    Two questions, and in this order: as one the planner takes no index, and a call that ends between them
    is found twice rather than not at all.
    """
    asked = [scope.only(), text]
    return Q(id__in=RawSQL(_LIVE, asked)), Q(id__in=RawSQL(_OVER, asked))  # noqa: S611


def sentences(call_ids: Sequence[uuid.UUID], text: str) -> dict[uuid.UUID, Found]:
    """One sentence of each call in which it was said."""
    if not call_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SENTENCES, [text, _HEADLINE, list(call_ids), scope.only()])
        rows = cursor.fetchall()
    return {row[0]: Found(row[1], row[2], row[3], _sentence(row[4])) for row in rows}


def _sentence(marked: str) -> str:
    """The one with the most marks; of a long one what stands around the first."""
    found = max(_ENDS.split(marked), key=lambda one: one.count(OPENS))
    if len(found) <= LONGEST_SENTENCE:
        return found
    begin = max(0, found.find(OPENS) - LONGEST_SENTENCE // 3)
    cut = found[begin : begin + LONGEST_SENTENCE]
    if cut.rfind(OPENS) > cut.rfind(CLOSES):
        cut = cut[: cut.rfind(OPENS)]
    return (
        ("…" if begin else "")
        + cut.strip()
        + ("…" if begin + LONGEST_SENTENCE < len(found) else "")
    )
