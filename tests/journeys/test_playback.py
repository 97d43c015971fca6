"""Conversation files and deliveries through the whole stack."""

import io
import json

import pytest
from django.core.management import call_command

from console.demo import playing
from runs import scope
from tests import corpus, corpus_files, corpus_panel, ingest
from tests.corpus_figures import rows_of
from tests.corpus_notes import READERS
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


def recording(field, value, quote, grade="stated"):
    arguments = {"field": field, "value": value, "quote": quote, "grade": grade}
    return {"name": "record_field", "arguments": arguments}


def spoken(speaker, text, *calls, calls_first=False):
    return {"speaker": speaker, "text": text, "calls": list(calls), "calls_first": calls_first}


def test_what_the_model_records_stands_in_the_panel_after_each_turn(house):
    line = playing.line_of(house.workspace.slug, house.stack.url)
    turns = [
        spoken("caller", "It drips.", recording("problem", "A leak", "it drips")),
        spoken("agent", "Where is that?"),
        spoken(
            "caller",
            "At 9 Flint Street.",
            recording("location", "9 Flint Street", "9 flint street"),
            calls_first=True,
        ),
        spoken("caller", "Bye.", recording("deadline", "soon", "as soon as you can")),
    ]
    seen = []
    for turn in corpus_panel.step_through(house, "own", turns, line, speed=50):
        panel = turn.panel()
        seen.append({row.key: row.status for row in panel.fields if row.value and row.quote})
    assert seen == [
        {},
        {"problem": "captured"},
        {"problem": "captured"},
        {"problem": "captured", "location": "captured"},
        {"problem": "captured", "location": "captured", "deadline": "unsure"},
    ]


def test_an_interrupted_playback_begins_nothing_more_and_says_what_was_done(house):
    line = playing.line_of(house.workspace.slug, house.stack.url)
    long = [{"speaker": "caller", "text": "Hm.", "start_ms": 600_000, "end_ms": 601_000}]
    all_three = [playing.Conversation(name, long if name else []) for name in ("", "long", "last")]
    played = playing.play_all(
        all_three, line, simulator_url=house.stack.simulator_url, concurrency=2, speed=1
    )
    assert next(played).error == ""
    begun = [played.throw(KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        begun.extend(played)
    assert {one.error for one in begun} == {playing.STOPPED}
    assert {one.source_id for one in begun} <= {"long", "last"}


@pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)
def test_fields_of_annotated_conversations_are_known_turn_by_turn(house, capsys):
    found, panels = corpus.play_annotated(house, READERS, limit=1, concurrency=3)
    with capsys.disabled():
        print()
        assert corpus.show_panels(panels)
    assert all(one.clean() for one in found.values())
    assert all(one.literal for one in panels.values())


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
