"""What the database knows of a call: how an owner begins, and how it begins again."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from runs import scope
from runs.releases import content_of
from voice import connections, keypad_record
from voice.dtmf import Collection
from voice.models import Call, ProviderEvent, Turn, TurnPart
from voice.realtime import openai
from voice.realtime.port import Provider
from voice.realtime.session import greeting
from voice.switchboard import commands, keying
from voice.switchboard.claims import Claim
from voice.switchboard.state import Speech, State, Tool
from voice.switchboard.writing import Subject

_ITEM_ADDED = "conversation.item.added"
_OUTPUT_ADDED = "response.output_item.added"
_CALLED = "response.function_call_arguments.done"
# Event ids that we give must not repeat those of an owner before us.
_IDS_PER_EPOCH = 1_000_000


def subject_of(claim: Claim) -> tuple[Subject, Provider]:
    with scope.workspace(claim.workspace_id):
        related = ("run__release", "customer", "connection")
        call = Call.objects.select_related(*related).get(id=claim.call_id)
        resolved = connections.resolve(call.connection_id, call.public_id)
        subject = Subject(claim, call, call.run, content_of(call.run.release))
    return subject, openai.provider(resolved.base_url, resolved.secret)


def state_of(subject: Subject) -> State:
    """The state as far as it was recorded."""
    with scope.workspace(subject.claim.workspace_id):
        speeches = _speeches(subject)
        frames = list(_frames(subject))
        collection = _collection(keypad_record.waiting(subject.run))
        known = tuple(keypad_record.masked(subject.run))
        typed = keypad_record.results(subject.run)
        transfer = commands.transfer_of(subject.call, subject.claim.claimed_at)
    before, owners, tools = _links(frames)
    for item_id, speech in speeches.items():
        if item_id in owners:
            speeches[item_id] = replace(speech, response_id=owners[item_id])
    return State(
        greeting=greeting(subject.content),
        speeches=speeches,
        before=before,
        owners=owners,
        tools=tools,
        voice=subject.call.voice_state,
        sent=subject.claim.epoch * _IDS_PER_EPOCH,
        collection=collection,
        known=known,
        untaken=_untaken(typed, before),
        transfer=transfer,
        variables={key: str(value) for key, value in subject.call.variables.items()},
        caller_spoke=any(speech.speaker == "caller" for speech in speeches.values()),
    )


def _collection(asked: dict[str, Any] | None) -> Collection | None:
    """The caller is typing, or about to: the keys before are gone, and the gap says so."""
    if asked is None or "field" not in asked:
        return None
    place = (str(asked["call_id"]), str(asked["field"]), asked["sensitivity"])
    return Collection(*place, int(asked.get("length", 0)))


def _untaken(typed: list[keypad_record.Typed], before: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Results that the provider never got: the owner before us had the digits, and took them along."""
    found = {}
    for one in typed:
        known = one.kept if one.sensitivity == "plain" else ""
        text = f'Typed on the keypad for "{one.field}": {known or "lost, ask for it again"}.'
        event = keying.event_of(one.call_id, text)
        if event["event_id"] not in before:
            found[str(event["event_id"])] = event
    return found


def _speeches(subject: Subject) -> dict[str, Speech]:
    parts: dict[Any, list[tuple[int, str]]] = {}
    rows = TurnPart.objects.filter(turn__call_id=subject.call.id).order_by("turn_id", "part")
    for turn_id, part, text in rows.values_list("turn_id", "part", "text"):
        parts.setdefault(turn_id, []).append((part, text))
    turns = Turn.objects.filter(call_id=subject.call.id).exclude(speaker="person")
    return {turn.item_id: _speech(turn, parts.get(turn.id, [])) for turn in turns}


def _speech(turn: Turn, parts: list[tuple[int, str]]) -> Speech:
    told = "".join(text for _, text in parts)
    return Speech(
        id=turn.id,
        item_id=turn.item_id,
        speaker="agent" if turn.speaker == "agent" else "caller",
        position=turn.position,
        state=turn.state,
        version=turn.version,
        text=turn.text or told,
        parted=len(told),
        parts=parts[-1][0] if parts else 0,
        told=told,
    )


def _frames(subject: Subject) -> Iterable[tuple[str, dict[str, Any]]]:
    kinds = (_ITEM_ADDED, _OUTPUT_ADDED, _CALLED)
    rows = ProviderEvent.objects.filter(call_id=subject.call.id, type__in=kinds)
    for kind, frame in rows.order_by("epoch", "arrival").values_list("type", "frame"):
        yield kind, frame if isinstance(frame, dict) else json.loads(frame or "{}")


def _links(
    frames: Iterable[tuple[str, dict[str, Any]]],
) -> tuple[dict[str, str], dict[str, str], dict[str, Tool]]:
    """The chain of items, which response each belongs to, and the tools that were called."""
    before: dict[str, str] = {}
    owners: dict[str, str] = {}
    tools: dict[str, Tool] = {}
    for kind, frame in frames:
        item = frame.get("item") or {}
        item_id = item.get("id", "")
        if kind == _OUTPUT_ADDED:
            owners[item_id] = frame.get("response_id", "")
        elif kind == _CALLED:
            call_id = frame.get("call_id", "")
            tools[call_id] = Tool(call_id, frame.get("item_id", ""), frame.get("response_id", ""))
        else:
            before[item_id] = frame.get("previous_item_id") or ""
            tool = tools.get(item.get("call_id", ""))
            if tool is not None and item.get("type") == "function_call_output":
                tools[tool.call_id] = Tool(
                    tool.call_id, tool.item_id, tool.response_id, answered=True, taken=True
                )
    return before, owners, tools
