"""Conversation files and deliveries through the whole stack."""

import io
import json

import pytest
from django.core.management import call_command

from runs import scope
from tests import corpus, corpus_files, ingest
from tests.corpus_figures import rows_of
from voice.models import Turn

pytestmark = pytest.mark.stack

TURNS = [
    ("agent", "Hello,  this is Northwind.", 0, 900),
    ("caller", " Hi <b>there</b> ", 500, 1500),
    ("caller", "it's 4111 1111", 1600, 2500),
    ("caller", "1111 1111 okay", 2600, 3400),
    ("agent", "", 3500, 3600),
    ("agent", "Thanks.", 3550, 4000),
]


def conversation(id, turns):
    keys = ("speaker", "text", "start_ms", "end_ms")
    return json.dumps({"id": id, "turns": [dict(zip(keys, one, strict=True)) for one in turns]})


def test_place_calls_plays_a_file_and_ends_with_a_line_for_each(house, tmp_path, monkeypatch):
    file = tmp_path / "calls.jsonl"
    file.write_text("\n".join([conversation("one", TURNS), conversation("none", [])]))
    monkeypatch.setenv("READBACK_SIMULATOR_URL", house.stack.simulator_url)
    monkeypatch.setenv("PORT", str(house.stack.web_port))
    out, err = io.StringIO(), io.StringIO()
    call_command("place_calls", str(file), speed=4.0, stdout=out, stderr=err)
    one, none = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (one["source_id"], one["turns_sent"], one["error"]) == ("one", 6, "")
    assert (none["source_id"], none["turns_sent"], none["error"]) == ("none", 0, "")
    assert one["run"].startswith("agent-run://northwind/RUN-")
    assert "2 of 2 calls, 6 turns" in err.getvalue()
    kept = [(turn.speaker, turn.text) for turn in rows_of(house.workspace.id, one["call_id"])]
    assert kept == [
        ("agent", "Hello,  this is Northwind."),
        ("caller", " Hi <b>there</b> "),
        ("caller", "it's ⟦card⟧"),
        ("caller", "⟦card ••11⟧ okay"),
        ("agent", ""),
        ("agent", "Thanks."),
    ]
    with scope.workspace(house.workspace.id):
        assert not Turn.objects.filter(text__contains="4111").exists()


@pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)
def test_one_conversation_of_each_set_is_kept_word_for_word(house, capsys):
    found = corpus.play(house, corpus_files.sets(), limit=1, speed=100, concurrency=4)
    with capsys.disabled():
        print()
        total = corpus.show(found, 0)
    assert total.conversations == len(found)
    assert total.clean()


def test_deliveries_survive_the_death_of_web(house, capsys):
    figures = ingest.run(house, deliveries=120, kills=1)
    with capsys.disabled():
        print("\n" + figures.words())
    assert figures.clean()
