"""POST /v1/responses: structured answers from a script's annotations, or from a plain reader."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from voice.simulator import reader
from voice.simulator.shaping import shape
from voice.simulator.transcript import Line, find_quote, read_transcript
from voice.simulator.wire import Ids

Reader = Callable[[Sequence[Line]], dict[str, Any]]
READERS: dict[str, Reader] = {
    "outcome": reader.read_outcome,
    "summary": reader.read_summary,
    "verdict": reader.read_verdict,
}
REFUSAL = "I can't help with that."


def answer_request(
    body: dict[str, Any], annotations: dict[str, Any], ids: Ids, *, refuse: bool = False
) -> dict[str, Any]:
    form = (body.get("text") or {}).get("format") or {"type": "text"}
    lines = read_transcript(prompt_text(body))
    if refuse:
        part: dict[str, Any] = {"type": "refusal", "refusal": REFUSAL}
    else:
        text = structured_text(form, lines, annotations)
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return _envelope(body, form, part, ids)


def prompt_text(body: dict[str, Any]) -> str:
    prompt = body.get("input", "")
    if isinstance(prompt, str):
        return prompt
    texts = []
    for message in prompt:
        content = message.get("content", "")
        parts = [{"text": content}] if isinstance(content, str) else content
        if message.get("role") == "user":
            texts += [str(part.get("text", "")) for part in parts]
    return "\n".join(texts)


def structured_text(
    form: dict[str, Any], lines: Sequence[Line], annotations: dict[str, Any]
) -> str:
    if form.get("type") != "json_schema":
        return "Nothing to add."
    topic = next((each for each in READERS if each in str(form.get("name", "")).lower()), None)
    answer: dict[str, Any] = {}
    if topic is not None:
        noted = annotations.get(topic)
        answer = READERS[topic](lines) if noted is None else _from_notes(topic, noted, lines)
    return json.dumps(shape(form.get("schema") or {}, answer), ensure_ascii=False)


def _from_notes(topic: str, noted: Any, lines: Sequence[Line]) -> dict[str, Any]:
    """Only what was really said counts: a call may have been cut off before its end."""
    if topic == "summary":
        sections = []
        for section in noted:
            kept = _grounded(section.get("sentences", []), lines)
            sections.append({"key": section["key"], "sentences": kept})
        return {"sections": sections}
    if topic == "outcome":
        answer = dict(noted)
        for name in ("fields", "promises"):
            answer[name] = _grounded(noted.get(name, []), lines)
        return answer
    return dict(noted)


def _grounded(entries: list[dict[str, Any]], lines: Sequence[Line]) -> list[dict[str, Any]]:
    kept = []
    for entry in entries:
        line = find_quote(lines, str(entry.get("quote", "")))
        if line is not None:
            kept.append({"due": None, **entry, "turn": line.turn})
    return kept


def _envelope(
    body: dict[str, Any], form: dict[str, Any], part: dict[str, Any], ids: Ids
) -> dict[str, Any]:
    message = {
        "id": f"msg_{ids.base62(32)}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [part],
    }
    read, written = len(prompt_text(body)) // 4, len(json.dumps(part)) // 4
    return {
        "id": f"resp_{ids.base62(32)}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": body.get("max_output_tokens"),
        "model": body.get("model"),
        "output": [message],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": body.get("store", True),
        "temperature": 1.0,
        "text": {"format": form, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        },
        "user": None,
        "metadata": body.get("metadata") or {},
    }
