"""Conversation files as they are: their turns in order, the gaps filled in, nothing of the text changed."""

import pytest

from voice.simulator.playback_file import _chunks
from voice.simulator.playback_turns import PlaybackError, Spoken, read_turns


def turn(speaker, text, start=None, end=None):
    return {"speaker": speaker, "text": text, "start_ms": start, "end_ms": end}


def test_turns_without_times_are_one_second_apart():
    found = read_turns([turn("caller", "a"), turn("agent", "b"), turn("caller", "")])
    assert [one.start_ms for one in found] == [0, 1000, 2000]


def test_who_began_first_stays_first_though_the_file_says_it_later():
    found = read_turns([turn("caller", "late", 900, 2000), turn("agent", "first", 400, 3000)])
    assert [one.text for one in found] == ["first", "late"]
    assert found[0].end_ms > found[1].start_ms, "the two sides may overlap"


def test_one_side_never_overlaps_itself():
    found = read_turns([turn("caller", "a", 0, 5000), turn("caller", "b", 0, 5000)])
    assert found[0].end_ms <= found[1].start_ms
    assert found[0].end_ms > found[0].start_ms


@pytest.mark.parametrize("text", ["", " outer blanks ", "a\n b\u2009c", "<b>x</b>", "  "])
@pytest.mark.parametrize("speed", [1, 60, 1000])
def test_the_chunks_of_a_turn_are_its_text(text, speed):
    chunks = [chunk for _, chunk in _chunks(Spoken("caller", text, 0, 4000), speed)]
    assert "".join(chunks) == text


@pytest.mark.parametrize("bad", [turn("robot", "x"), turn("caller", None), turn("agent", "x", "1")])
def test_a_turn_that_is_none_is_refused(bad):
    with pytest.raises(PlaybackError, match="turn 1"):
        read_turns([bad])


def test_what_the_model_calls_stays_with_its_turn_though_the_order_changes():
    call = {"name": "record_field", "arguments": {"field": "problem"}}
    late = {**turn("caller", "late", 900), "calls": [call], "calls_first": True}
    first, second = read_turns([late, turn("agent", "first", 400)])
    assert (first.source, first.calls) == (1, ())
    assert (second.source, second.calls[0].name, second.calls_first) == (0, "record_field", True)


@pytest.mark.parametrize("calls", ["x", ["x"], [{"name": "x"}], [{"name": "", "arguments": {}}]])
def test_a_call_that_is_none_is_refused(calls):
    with pytest.raises(PlaybackError, match="turn 1"):
        read_turns([{**turn("caller", "x"), "calls": calls}])


@pytest.mark.parametrize("time", [float("nan"), float("inf"), 10**400, True, "1"])
def test_a_time_that_is_none_is_refused(time):
    with pytest.raises(PlaybackError, match="start_ms"):
        read_turns([turn("caller", "x", time)])


def test_turns_of_one_side_in_a_row_and_a_side_that_never_speaks_stay_as_they_are():
    found = read_turns([turn("caller", text) for text in ("Hello?", "", "Anybody?")])
    assert [(one.side, one.text) for one in found] == [
        ("caller", "Hello?"),
        ("caller", ""),
        ("caller", "Anybody?"),
    ]
