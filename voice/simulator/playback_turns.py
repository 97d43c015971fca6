"""Turns of a conversation file, and when each of them is spoken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from voice.simulator.script import FunctionCall

WITHOUT_TIMES_MS = 1_000
LEAST_MS = 1
MS_PER_WORD = 330
MOST_TURNS = 5_000
LATEST_MS = 24 * 3_600_000

Side = Literal["caller", "agent"]


class PlaybackError(Exception):
    """Says which turn is wrong, and why."""


@dataclass(frozen=True, slots=True)
class Spoken:
    side: Side
    text: str
    start_ms: float
    end_ms: float
    source: int = 0
    """Its place in the file, from 0."""
    calls: tuple[FunctionCall, ...] = ()
    """What the model calls once this was said."""
    calls_first: bool = False
    """A caller's turn: the model has understood the audio before its text arrives."""


def read_turns(body: Any) -> list[Spoken]:
    """In the order in which speech begins.

    Where a turn has no time it begins one second after the one before. Speech of one side never overlaps
    itself: the line carries it one after the other; the two sides overlap as they like.
    """
    if not isinstance(body, list) or len(body) > MOST_TURNS:
        raise PlaybackError(f"'turns' must be a list of at most {MOST_TURNS} turns")
    timed = _timed([_check(number, one) for number, one in enumerate(body, 1)])
    return _apart(sorted(timed, key=lambda one: one.start_ms))


def _check(number: int, turn: Any) -> dict[str, Any]:
    if not isinstance(turn, dict) or turn.get("speaker") not in ("caller", "agent"):
        raise PlaybackError(f"turn {number}: 'speaker' must be caller or agent")
    if not isinstance(turn.get("text"), str):
        raise PlaybackError(f"turn {number}: 'text' must be a text")
    for name in ("start_ms", "end_ms"):
        if not _is_time(turn.get(name)):
            raise PlaybackError(f"turn {number}: {name!r} must be a number or null")
    for call in _listed(number, turn.get("calls", [])):
        good = isinstance(call, dict) and set(call) == {"name", "arguments"}
        if not good or not isinstance(call["arguments"], dict) or not call["name"]:
            raise PlaybackError(f'turn {number}: a call is {{"name": …, "arguments": {{…}}}}')
    return turn


def _is_time(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and abs(value) < LATEST_MS)


def _listed(number: int, calls: Any) -> list[Any]:
    if not isinstance(calls, list):
        raise PlaybackError(f"turn {number}: 'calls' must be a list")
    return calls


def _timed(turns: Sequence[dict[str, Any]]) -> list[Spoken]:
    found: list[Spoken] = []
    for number, turn in enumerate(turns):
        start, end = turn.get("start_ms"), turn.get("end_ms")
        if start is None:
            start = found[-1].start_ms + WITHOUT_TIMES_MS if found else 0.0
        if end is None or end < start:
            words = max(1, len(turn["text"].split()))
            end = start + min(words * MS_PER_WORD, WITHOUT_TIMES_MS * 0.9)
        calls = tuple(FunctionCall(one["name"], one["arguments"]) for one in turn.get("calls", []))
        spoken = Spoken(turn["speaker"], turn["text"], max(0.0, float(start)), float(end), number)
        found.append(replace(spoken, calls=calls, calls_first=turn.get("calls_first") is True))
    return found


def _apart(turns: Sequence[Spoken]) -> list[Spoken]:
    """Speech of one side ends where its next begins; who began first stays first."""
    found: list[Spoken] = []
    last: dict[str, int] = {}
    for turn in turns:
        start = max([turn.start_ms, *(one.start_ms for one in found[-1:])])
        if turn.side in last:
            before = found[last[turn.side]]
            start = max(start, before.start_ms + LEAST_MS)
            cut = max(before.start_ms + LEAST_MS, min(before.end_ms, start))
            found[last[turn.side]] = replace(before, end_ms=cut)
        last[turn.side] = len(found)
        end = max(turn.end_ms, start + LEAST_MS)
        found.append(replace(turn, start_ms=start, end_ms=end))
    return found
