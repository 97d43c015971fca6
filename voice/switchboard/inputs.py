"""What comes into a call: frames of the provider, and our own notices in the same stream."""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from runs import redaction
from runs.ids import uuid7

# What was said, typed or configured: kept in turns and steps, never in the frames.
_TEXTS = frozenset(
    [
        "transcript",
        "delta",
        "text",
        "arguments",
        "audio",
        "instructions",
        "output",
        "obfuscation",
        "event",
        "description",
        "parameters",
        "logprobs",
        "keywords",
        "prompt",
        "message",
    ]
)
_DELTA = ".delta"
LONGEST_KEY = 120
# Worth a closer look; ids and times of the provider are not.
_NUMBER = re.compile(r"\d(?:[\s.-]?\d){8}")


@dataclass(frozen=True, slots=True)
class Input:
    """One event for the reducer. `at_ms` is a steady clock of this process."""

    type: str
    body: dict[str, Any] = field(default_factory=dict)
    at_ms: int = 0
    id: uuid.UUID = field(default_factory=uuid7)


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A frame as it is kept: never its words."""

    arrival: int
    key: str
    type: str
    size: int
    frame: str | None
    at_ms: int


# Ids of our items that only ask what came before them.
PROBE = "rb_probe_"


def own(kind: str, at_ms: int, **body: Any) -> Input:
    """A notice of ours: `own.tick`, `own.tool_answered`, …"""
    return Input(f"own.{kind}", body, at_ms)


def decode(raw: bytes, *, epoch: int, arrival: int, at_ms: int) -> tuple[Input | None, FrameRow]:
    """The event, or None for what is no event; and its row. Nothing that arrives is thrown away unseen."""
    body = _object(raw)
    kind = body.get("type") if body else None
    if body is None or not isinstance(kind, str) or not kind:
        row = FrameRow(arrival, f"{epoch}:{arrival}", "unreadable", len(raw), None, at_ms)
        return None, row
    event_id = body.get("event_id")
    named = isinstance(event_id, str) and 0 < len(event_id) <= LONGEST_KEY
    key = str(event_id) if named else f"{epoch}:{arrival}"
    shown = None if kind.endswith(_DELTA) else json.dumps(redact(body), ensure_ascii=True)
    row = FrameRow(arrival, _storable(key), _storable(kind)[:80], len(raw), shown, at_ms)
    return Input(kind, body, at_ms), row


def redact(value: Any) -> Any:
    """The same shape with the length in place of every text."""
    if isinstance(value, dict):
        return {
            _storable(key): {"redacted": len(one)}
            if key in _TEXTS and isinstance(one, str)
            else redact(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [redact(one) for one in value]
    if not isinstance(value, str):
        return value
    return redaction.text(_storable(value)) if _NUMBER.search(value) else _storable(value)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _storable(text: str) -> str:
    """Postgres takes neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def said(value: Any) -> str:
    """Text of the provider as it may be stored."""
    return _storable(value) if isinstance(value, str) else ""
