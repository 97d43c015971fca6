"""What a call, a turn, a promise and a summary look like to machines."""

from typing import Any

from runs import canonical, handles, summaries
from runs.access import Permission, can
from runs.api import runs
from runs.models import Outcome
from runs.people import Actor
from voice import intake
from voice.models import Call, Turn
from voice.search_documents import Found


def head(
    call: Call, newest: Outcome | None, actor: Actor, said: Found | None = None
) -> dict[str, Any]:
    slug = call.run.workspace.slug
    return {
        "id": call.public_id,
        "handle": handles.make(slug, call.public_id),
        "external_id": call.external_id or None,
        "state": call.state,
        "voice_state": call.voice_state,
        "direction": "inbound",
        "origin": call.origin,
        "test": call.test,
        "caller": {"number": _number(call.caller_number, actor), "name": call.caller_name or None},
        "called_number": call.called_number or None,
        "customer": runs.customer(call.run),
        "variables": call.variables,
        "header_notes": call.header_notes,
        "run": handles.make(slug, call.run.public_id),
        "workflow": call.run.release.workflow.name,
        "release": call.run.release.number,
        "attention": call.attention or None,
        "gapped": call.gapped,
        "rang_at": canonical.stamp(call.rang_at),
        "answered_at": canonical.stamp(call.answered_at) if call.answered_at else None,
        "ended_at": canonical.stamp(call.ended_at) if call.ended_at else None,
        "duration_seconds": _seconds(call),
        "end_reason": call.end_reason or None,
        "outcome": runs.outcome(newest) if newest else None,
        "match": _match(said) if said else None,
    }


def _match(said: Found) -> dict[str, Any]:
    return {
        "turn": str(said.turn),
        "position": said.position,
        "speaker": said.speaker,
        "text": said.plain,
    }


def turn(one: Turn) -> dict[str, Any]:
    heard = intake.heard_text(one)
    return {
        "id": str(one.id),
        "position": one.position,
        "speaker": one.speaker,
        "state": one.state,
        "version": one.version,
        "text": one.text,
        "heard": heard,
        "cut_at_ms": one.cut_at_ms,
        "started_at": canonical.stamp(one.started_at),
        "finished_at": canonical.stamp(one.finished_at) if one.finished_at else None,
    }


def promise(slug: str, one: Any) -> dict[str, Any]:
    return {
        "text": one.text,
        "kind": one.kind,
        "due": one.due or None,
        "due_at": canonical.stamp(one.due_at) if one.due_at else None,
        "state": one.state,
        "backing": handles.make(slug, one.backing) if one.backing else None,
        "evidence": handles.make(slug, one.evidence.public_id) if one.evidence else None,
        "at": canonical.stamp(one.at),
    }


def summary(slug: str, call: Call) -> dict[str, Any] | None:
    found = summaries.latest(call.run)
    if found is None:
        return None
    return {
        "version": found.version,
        "state": found.state,
        "by": found.by,
        "at": canonical.stamp(found.at),
        "sections": [
            {
                "key": section.key,
                "sentences": [
                    {"text": one.text, "evidence": [handles.make(slug, e) for e in one.evidence]}
                    for one in section.sentences
                ],
            }
            for section in summaries.sections_of(found)
        ],
    }


def _number(number: str, actor: Actor) -> str | None:
    """Whole for whoever may see numbers; else the last three digits."""
    if not number:
        return None
    return number if can(actor, Permission.SEE_NUMBERS) else f"…{number[-3:]}"


def _seconds(call: Call) -> int | None:
    if call.answered_at is None or call.ended_at is None:
        return None
    return max(0, int((call.ended_at - call.answered_at).total_seconds()))
