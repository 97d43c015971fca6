"""Script files: what the caller and the model do in one call.

A file is JSON lines: a header, then one step a line. Consecutive agent steps become beats: a beat
is one response of the model, words first and function calls after them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ScriptError(Exception):
    """Says the file, the line and what is wrong."""


@dataclass(frozen=True)
class FunctionCall:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class AgentBeat:
    text: str = ""
    calls: tuple[FunctionCall, ...] = ()
    fails: str = ""
    """The code of the error that ends the response before a word of it."""


@dataclass(frozen=True)
class CallerStep:
    do: str
    text: str = ""
    ms: int | None = None
    after_ms: int = 0
    keys: str = ""
    mid_sentence: bool = False
    moment: str = "playback"
    after_words: int = 0
    ahead: bool = False
    code: int = 0
    wait: bool = False

    @property
    def cuts_in(self) -> bool:
        """It does not wait for the model to finish."""
        if self.do == "caller_hangup":
            return self.mid_sentence and not self.text
        return self.do == "caller_barge_in" or self.ahead


Beat = AgentBeat | CallerStep


@dataclass(frozen=True)
class Script:
    name: str
    title: str = ""
    caller_name: str = ""
    caller_number: str = ""
    beats: tuple[Beat, ...] = ()
    annotations: dict[str, Any] = field(default_factory=dict)
    switches: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    """What must stand in the record after it; for tests, nothing here looks at it."""


Record = tuple[str, dict[str, Any]]

# step -> field -> (type, required)
STEPS: dict[str, dict[str, tuple[type, bool]]] = {
    "agent_says": {"text": (str, True)},
    "agent_calls": {"calls": (list, True)},
    "caller_says": {"text": (str, True), "ms": (int, False), "after_ms": (int, False)},
    "caller_silence": {"ms": (int, True)},
    "agent_fails": {"code": (str, True)},
    "caller_barge_in": {
        "text": (str, True),
        "moment": (str, False),
        "after_ms": (int, False),
        "after_words": (int, False),
        "ms": (int, False),
    },
    "caller_dtmf": {"keys": (str, True), "ms": (int, False), "ahead": (bool, False)},
    "caller_hangup": {
        "mid_sentence": (bool, False),
        "text": (str, False),
        "after_ms": (int, False),
    },
    "noise": {"ms": (int, False)},
    "drop_socket": {"code": (int, False), "wait": (bool, False)},
    "session_expires": {},
    "annotations": {"outcome": (dict, False), "summary": (list, False), "verdict": (dict, False)},
}
DTMF_KEYS = set("0123456789*#ABCD")
MOMENTS = {"playback": "after_ms", "generation": "after_words", "before_audio": ""}


def load_script(path: Path) -> Script:
    records: list[Record] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            where = f"{path.name} line {number}"
            records.append((where, _read_object(where, line)))
    if not records:
        raise ScriptError(f"{path.name}: the file is empty")
    where, header = records[0]
    if header.get("script") != path.stem:
        raise ScriptError(f'{where}: the header must say {{"script": "{path.stem}"}}')
    return build_script(header, records[1:], where)


def script_from_object(body: dict[str, Any]) -> Script:
    steps = body.get("steps")
    if not isinstance(steps, list):
        raise ScriptError("inline script: 'steps' must be a list")
    records = []
    for number, step in enumerate(steps, start=1):
        if not isinstance(step, dict):
            raise ScriptError(f"inline step {number}: not an object")
        records.append((f"inline step {number}", step))
    return build_script({"script": "inline", **body}, records, "inline script")


def build_script(header: dict[str, Any], records: Iterable[Record], where: str) -> Script:
    caller = header.get("caller") or {}
    if not isinstance(caller, dict):
        raise ScriptError(f"{where}: 'caller' must be an object with name and number")
    annotations: dict[str, Any] = {}
    steps: list[dict[str, Any]] = []
    for place, step in records:
        check_step(place, step)
        if annotations:
            raise ScriptError(f"{place}: nothing may follow 'annotations'")
        if step["do"] == "annotations":
            annotations = {name: value for name, value in step.items() if name != "do"}
        else:
            steps.append(step)
    return Script(
        name=str(header["script"]),
        title=str(header.get("title", "")),
        caller_name=str(caller.get("name", "")),
        caller_number=str(caller.get("number", "")),
        beats=tuple(_beats(steps)),
        annotations=annotations,
        switches=_object(where, header, "switches"),
        expect=_object(where, header, "expect"),
    )


def _object(where: str, header: dict[str, Any], name: str) -> dict[str, Any]:
    value = header.get(name, {})
    if not isinstance(value, dict):
        raise ScriptError(f"{where}: {name!r} must be an object")
    return value


def check_step(where: str, step: dict[str, Any]) -> None:
    kind = step.get("do")
    if kind not in STEPS:
        raise ScriptError(f"{where}: unknown step {kind!r}; known: {', '.join(STEPS)}")
    fields = STEPS[kind]
    for name in step:
        if name != "do" and name not in fields:
            raise ScriptError(f"{where}: {kind} has no field {name!r}")
    for name, (expected, required) in fields.items():
        if name not in step:
            if required:
                raise ScriptError(f"{where}: {kind} needs {name!r}")
            continue
        value: Any = step[name]
        if not _is(value, expected):
            raise ScriptError(f"{where}: {kind}.{name} must be {expected.__name__}")
        if expected is int and value < 0:
            raise ScriptError(f"{where}: {kind}.{name} must not be negative")
        if expected is str and not value.strip():
            raise ScriptError(f"{where}: {kind}.{name} must not be empty")
    _check_values(where, step)


def _is(value: Any, expected: type) -> bool:
    """In JSON true is no number."""
    return isinstance(value, expected) and isinstance(value, bool) == (expected is bool)


def _check_values(where: str, step: dict[str, Any]) -> None:
    if unknown := set(step.get("keys", "")) - DTMF_KEYS:
        raise ScriptError(f"{where}: no such keys on a telephone: {''.join(sorted(unknown))}")
    moment = step.get("moment", "playback")
    if step["do"] == "caller_barge_in":
        if moment not in MOMENTS:
            raise ScriptError(f"{where}: no moment {moment!r}; known: {', '.join(MOMENTS)}")
        if MOMENTS[moment] and not step.get(MOMENTS[moment]):
            raise ScriptError(f"{where}: a barge-in during {moment} needs {MOMENTS[moment]!r}")
    for call in step.get("calls", []):
        good = isinstance(call, dict) and set(call) == {"name", "arguments"}
        if not good or not isinstance(call["arguments"], dict) or not call["name"]:
            raise ScriptError(f'{where}: a call is {{"name": …, "arguments": {{…}}}}')


def _beats(steps: Iterable[dict[str, Any]]) -> list[Beat]:
    beats: list[Beat] = []
    for step in steps:
        last = beats[-1] if beats else None
        if step["do"] == "agent_says":
            if isinstance(last, AgentBeat) and not last.calls and not last.fails:
                beats[-1] = AgentBeat(f"{last.text} {step['text'].strip()}")
            else:
                beats.append(AgentBeat(step["text"].strip()))
        elif step["do"] == "agent_calls":
            calls = tuple(FunctionCall(c["name"], c["arguments"]) for c in step["calls"])
            if isinstance(last, AgentBeat) and not last.fails:
                beats[-1] = AgentBeat(last.text, last.calls + calls)
            else:
                beats.append(AgentBeat("", calls))
        elif step["do"] == "agent_fails":
            beats.append(AgentBeat(fails=step["code"]))
        else:
            beats.append(CallerStep(**step))
    return beats


def _read_object(where: str, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ScriptError(f"{where}: not JSON ({error})") from None
    if not isinstance(value, dict):
        raise ScriptError(f"{where}: not an object")
    return value


class ScriptShelf:
    """The scripts of one directory, read when asked for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.directory.glob("*.jsonl"))

    def get(self, name: str) -> Script:
        if name not in self.names():
            known = ", ".join(self.names()) or "none"
            raise ScriptError(f"no script {name!r}; known: {known}")
        return load_script(self.directory / f"{name}.jsonl")
