"""A plain reader of transcripts, for calls whose script has no annotations."""

import re
from collections.abc import Sequence
from typing import Any

from voice.simulator.transcript import Line, sentences

FIELD_CUES = {
    "problem": r"\b(boiler|radiator|heating|leak\w*|broken|fail\w*|no hot water|pressure|noise|"
    r"bill|invoice|thermostat|pilot light)\b",
    "location": r"\b(\d+[a-z]? [A-Z]\w+ (Road|Street|Lane|Row|Terrace|Avenue|Close|Way|Drive)|"
    r"[A-Z]{1,2}\d{1,2} ?\d[A-Z]{2})\b",
    "deadline": r"\b(by|before|until|this|next) (\w+ )?(Monday|Tuesday|Wednesday|Thursday|Friday|"
    r"Saturday|Sunday|week|weekend|month|end of)\b",
    "decision_maker": r"\b(I decide|my decision|my (wife|husband|partner|landlord|manager)|"
    r"we decide|the landlord)\b",
    "budget_signal": r"\b(budget|afford|cheap\w*|expensive|hundred|thousand|price)\b",
    "preferred_follow_up": r"\b(text me|call me|ring me|e-?mail me|by (text|phone|e-?mail|post))\b",
}
PERSON = re.compile(r"\b(real person|a person|a human|someone real|speak to (some|any)one)\b", re.I)
PROMISE = re.compile(r"\b(I'll|I will|we'll|we will)\b[^.!?]*", re.I)
PROMISE_KINDS = (("email", r"e-?mail"), ("sms", r"\btext\b"), ("call", r"\b(call|ring)\b"))


def read_outcome(lines: Sequence[Line]) -> dict[str, Any]:
    fields = read_fields(lines)
    promises = read_promises(lines)
    asked = next((line for line in lines if _asks_for_person(line)), None)
    found = {field["key"] for field in fields}
    if asked:
        action = "human_review"
    elif promises:
        action = "send_followup"
    else:
        action = "schedule_call" if "problem" in found else "human_review"
    return {
        "fields": fields,
        "escalation_reason": "The caller asked for a person." if asked else None,
        "recommended_next_action": action,
        "promises": promises,
    }


def read_fields(lines: Sequence[Line]) -> list[dict[str, Any]]:
    fields = []
    for key, cue in FIELD_CUES.items():
        for line in lines:
            quote = _sentence_with(line, cue) if line.speaker == "caller" else ""
            if quote:
                value = "unknown" if key == "budget_signal" else quote.rstrip(".!?")
                fields.append({"key": key, "value": value, "turn": line.turn, "quote": quote})
                break
    return fields


def read_promises(lines: Sequence[Line]) -> list[dict[str, Any]]:
    promises = []
    for line in lines:
        found = PROMISE.search(line.text) if line.speaker == "agent" else None
        if found:
            quote = found[0].strip()
            kind = next((k for k, cue in PROMISE_KINDS if re.search(cue, quote, re.I)), "other")
            promise = {"text": quote, "turn": line.turn, "quote": quote, "due": None, "kind": kind}
            promises.append(promise)
    return promises


def read_summary(lines: Sequence[Line]) -> dict[str, Any]:
    callers = [line for line in lines if line.speaker == "caller" and line.text]
    reason = next((each for each in callers if len(each.text.split()) > 4), None)
    last = lines[-1] if lines else None
    questions = [line for line in callers if line.text.endswith("?")]
    sections = [
        {"key": "reason", "sentences": _said(reason, "The caller said: ")},
        {"key": "agreed", "sentences": []},
        {"key": "next_step", "sentences": _said(last, "The call ended with: ")},
        {"key": "promises", "sentences": [_promised(each) for each in read_promises(lines)]},
        {"key": "open_questions", "sentences": _said(next(iter(questions), None), "Asked: ")},
    ]
    return {"sections": sections}


def read_verdict(lines: Sequence[Line]) -> dict[str, Any]:
    callers = [line for line in lines if line.speaker == "caller" and line.text]
    found = {field["key"] for field in read_fields(lines)}
    if not callers:
        return {"verdict": "no_answer", "reasons": ["Nobody spoke on the caller's side."]}
    if "problem" in found and len(found) > 2:
        return {"verdict": "qualified", "reasons": ["A problem and its circumstances were given."]}
    return {"verdict": "unqualified", "reasons": ["Too little was said to act on."]}


def _said(line: Line | None, lead: str) -> list[dict[str, Any]]:
    if line is None or not line.text:
        return []
    quote = sentences(line.text)[0]
    return [{"text": f"{lead}{quote}", "turn": line.turn, "quote": quote}]


def _promised(promise: dict[str, Any]) -> dict[str, Any]:
    text = f"The agent promised: {promise['text']}."
    return {"text": text, "turn": promise["turn"], "quote": promise["quote"]}


def _asks_for_person(line: Line) -> bool:
    return line.speaker == "caller" and PERSON.search(line.text) is not None


def _sentence_with(line: Line, cue: str) -> str:
    return next((each for each in sentences(line.text) if re.search(cue, each)), "")
