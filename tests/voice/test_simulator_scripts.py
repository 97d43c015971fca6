"""Script files: what is refused and how it is said; our own scripts are well formed."""

import json
from pathlib import Path
from typing import Any

import pytest

from voice.simulator.script import (
    AgentBeat,
    CallerStep,
    Script,
    ScriptError,
    ScriptShelf,
    load_script,
    script_from_object,
)
from voice.simulator.state import SCRIPTS

NAMES = ScriptShelf(SCRIPTS).names()
REQUIRED = {
    "problem",
    "location",
    "deadline",
    "decision_maker",
    "budget_signal",
    "preferred_follow_up",
}


def write(path: Path, *lines: Any) -> Path:
    file = path / "sample.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts), encoding="utf-8")
    return file


def said_by(script: Script, kind: type) -> str:
    return "\n".join(beat.text for beat in script.beats if isinstance(beat, kind))


def recorded(script: Script) -> dict[str, str]:
    calls = [call for beat in script.beats if isinstance(beat, AgentBeat) for call in beat.calls]
    return {
        call.arguments["field"]: call.arguments["quote"]
        for call in calls
        if call.name == "record_field"
    }


def test_the_three_calls_of_the_first_journey_are_there() -> None:
    assert {"complete_intake", "missing_field_escalation", "caller_hangs_up"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_model_quotes_is_what_the_caller_says(name: str) -> None:
    script = load_script(SCRIPTS / f"{name}.jsonl")
    said = said_by(script, CallerStep)
    for beat in script.beats:
        for call in beat.calls if isinstance(beat, AgentBeat) else ():
            changes = call.arguments.get("changes", [])
            quotes = [each["quote"] for each in changes if isinstance(each, dict)]
            if "quote" in call.arguments:
                quotes.append(call.arguments["quote"])
            assert all(quote in said for quote in quotes), (call.name, quotes)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_annotations_quote_is_said(name: str) -> None:
    script = load_script(SCRIPTS / f"{name}.jsonl")
    said = said_by(script, CallerStep) + said_by(script, AgentBeat)
    outcome = script.annotations.get("outcome", {})
    entries = outcome.get("fields", []) + outcome.get("promises", [])
    for section in script.annotations.get("summary", []):
        entries += section["sentences"]
    assert [entry["quote"] for entry in entries if entry["quote"] not in said] == []


def test_the_complete_intake_records_every_required_field() -> None:
    script = load_script(SCRIPTS / "complete_intake.jsonl")
    assert set(recorded(script)) >= REQUIRED


def test_the_escalation_leaves_the_follow_up_open() -> None:
    script = load_script(SCRIPTS / "missing_field_escalation.jsonl")
    assert REQUIRED - set(recorded(script)) == {"preferred_follow_up"}


def test_agent_steps_in_a_row_are_one_response_until_a_call() -> None:
    call = {"name": "record_field", "arguments": {}}
    steps = [
        {"do": "agent_says", "text": "One."},
        {"do": "agent_says", "text": "Two."},
        {"do": "agent_calls", "calls": [call]},
        {"do": "agent_says", "text": "Three."},
    ]
    beats = script_from_object({"steps": steps}).beats
    assert [(beat.text, len(beat.calls)) for beat in beats if isinstance(beat, AgentBeat)] == [
        ("One. Two.", 1),
        ("Three.", 0),
    ]


HEADER = {"script": "sample"}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "the file is empty"),
        (["{oops"], "line 1: not JSON"),
        (["[]"], "line 1: not an object"),
        ([{"script": "other"}], 'line 1: the header must say {"script": "sample"}'),
        ([HEADER, {"do": "agent_sings"}], "line 2: unknown step 'agent_sings'"),
        ([HEADER, {"do": "agent_says"}], "line 2: agent_says needs 'text'"),
        ([HEADER, {"do": "agent_says", "text": " "}], "agent_says.text must not be empty"),
        ([HEADER, {"do": "noise", "loud": 1}], "line 2: noise has no field 'loud'"),
        ([HEADER, {"do": "noise", "ms": "1"}], "noise.ms must be int"),
        ([HEADER, {"do": "noise", "ms": True}], "noise.ms must be int"),
        ([HEADER, {"do": "noise", "ms": -1}], "noise.ms must not be negative"),
        ([HEADER, {"do": "caller_dtmf", "keys": "12x"}], "no such keys on a telephone: x"),
        ([HEADER, {"do": "agent_calls", "calls": [{"name": "x"}]}], "a call is"),
        (
            [HEADER, "", {"do": "annotations", "summary": []}, {"do": "noise"}],
            "line 4: nothing may follow",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, lines: list[Any], words: str) -> None:
    with pytest.raises(ScriptError) as refused:
        load_script(write(tmp_path, *lines))
    assert words in str(refused.value)
    assert str(refused.value).startswith("sample.jsonl")
