"""`manage.py place_calls`: files that cannot be played are refused in one line that says where."""

import json

import pytest
from django.core.management import CommandError, call_command

from console.demo import playing

GOOD = {"id": "one", "turns": [{"speaker": "caller", "text": "Hello."}]}


def written(folder, *lines):
    file = folder / "calls.jsonl"
    file.write_bytes(b"\n".join(one if isinstance(one, bytes) else _json(one) for one in lines))
    return file


def _json(body):
    return json.dumps(body).encode()


def refusal(monkeypatch, file, **options):
    monkeypatch.setenv("READBACK_SIMULATOR_URL", "http://127.0.0.1:9")
    with pytest.raises(CommandError) as refused:
        call_command("place_calls", str(file), **options)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{not json", "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        ([1], "not an object"),
        ({"turns": []}, "'id'"),
        ({"id": None, "turns": []}, "'id'"),
        ({"id": "x", "turns": "none"}, "'turns' must be a list"),
        ({"id": "x", "turns": ["hello"]}, "turn 1: not an object"),
        ({"id": "x", "turns": [{"speaker": "robot", "text": "x"}]}, "turn 1: 'speaker'"),
        ({"id": "x", "turns": [{"speaker": "agent", "text": 7}]}, "turn 1: 'text'"),
        (b'{"id":"x","turns":[{"speaker":"agent","text":"","start_ms":NaN}]}', "'start_ms'"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, monkeypatch, line, words):
    told = refusal(monkeypatch, written(tmp_path, GOOD, b"", line))
    assert "calls.jsonl line 3" in told
    assert words in told


def test_a_missing_file_is_told(tmp_path, monkeypatch):
    assert "No such file" in refusal(monkeypatch, tmp_path / "none.jsonl")


@pytest.mark.parametrize("lines", [[], [b"", b"  "]])
def test_an_empty_file_is_told(tmp_path, monkeypatch, lines):
    assert "no conversation" in refusal(monkeypatch, written(tmp_path, *lines))


@pytest.mark.parametrize("options", [{"speed": 0.0}, {"concurrency": 0}, {"limit": -1}])
def test_options_out_of_range_are_refused_before_anything_rings(tmp_path, monkeypatch, options):
    assert "--" in refusal(monkeypatch, written(tmp_path, GOOD), **options)


def test_the_limit_counts_conversations_and_no_blank_lines(tmp_path):
    file = written(tmp_path, b"", GOOD, b"", {**GOOD, "id": "two"}, {**GOOD, "id": "three"})
    assert [one.source_id for one in playing.read(file, 2)] == ["one", "two"]


def test_a_call_without_turns_and_a_turn_without_words_are_played_as_they_are(tmp_path):
    file = written(
        tmp_path,
        {"id": "none"},
        {"id": 7, "turns": [{"speaker": "agent", "text": None, "start_ms": 5}]},
    )
    none, odd = playing.read(file)
    assert none.turns == []
    assert (odd.source_id, odd.turns[0]["text"], odd.turns[0]["end_ms"]) == ("7", "", None)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    file = written(tmp_path, b"\xef\xbb\xbf" + _json(GOOD) + b"\r")
    assert [one.source_id for one in playing.read(file)] == ["one"]


def test_what_else_a_turn_says_of_itself_is_left_out_and_its_own_clock_wins(tmp_path):
    turn = {"speaker": "caller", "text": " Hi ", "start_ms": 900, "source_start_ms": 5}
    (found,) = playing.read(written(tmp_path, {"id": "x", "turns": [{**turn, "nbest": ["Hi"]}]}))
    assert found.turns == [{"speaker": "caller", "text": " Hi ", "start_ms": 900, "end_ms": None}]


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ({}, ""),
        ({"sent": 2, "end_reason": "session_expired"}, "session_expired"),
        ({"missed": 4}, "frames_missed_4"),
        ({"state": "accepted"}, "not_over"),
    ],
)
def test_a_call_that_did_not_go_through_whole_says_why(account, words):
    whole = {"state": "ended", "end_reason": "caller_hung_up", "turns": 3, "sent": 3, "missed": 0}
    assert playing._trouble(whole | account, None) == words
