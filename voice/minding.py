"""Minding a live call: who looks at it, who has it, what a person wants seen, what was taken care of."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from runs import access, audit, bus, ledger, locks, topics
from runs.access import Permission
from runs.errors import Conflict, Invalid
from runs.people import Actor
from voice.calls import OPEN
from voice.models import Call, CallClaim, CallFlag, Presence

CLAIM = timedelta(minutes=10)
SEEN = timedelta(seconds=45)
MAX_NOTE = 300
FLAGS = ("caller_upset", "wrong_information", "check_afterwards", "technical", "other")


def look(call_id: uuid.UUID, seat: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """A sign of life of an open page. The others are told when the seat is new or when seats ran empty."""
    call = Call.objects.get(id=call_id)
    known = {"person_id": access.person_of(by), "name": by.name, "seen_at": at}
    _row, fresh = Presence.objects.update_or_create(
        workspace_id=call.workspace_id, seat=seat, defaults={"call": call, **known}
    )
    gone, _counts = Presence.objects.filter(call=call, seen_at__lte=at - SEEN).delete()
    if fresh or gone:
        _tell(call)


def leave(seat: uuid.UUID) -> None:
    """The page was closed."""
    for row in Presence.objects.filter(seat=seat).select_related("call"):
        row.delete()
        _tell(row.call)


def watchers(
    call_ids: Iterable[uuid.UUID], at: datetime
) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    """(person, name) of everybody with an open page on these calls, each once, by name."""
    rows = Presence.objects.filter(call_id__in=list(call_ids), seen_at__gt=at - SEEN)
    found: dict[uuid.UUID, dict[uuid.UUID, str]] = defaultdict(dict)
    for call_id, person, name in rows.order_by("name").values_list("call_id", "person_id", "name"):
        found[call_id][person] = name
    return {call_id: list(people.items()) for call_id, people in found.items()}


def claim(call: Call, *, by: Actor, at: datetime) -> CallClaim:
    """Say that one has this call: ten minutes from now. Conflict where somebody else has it."""
    access.require(by, Permission.FLAG_CALL)
    lock_open(call)
    held = CallClaim.objects.filter(call=call).first()
    if held is not None and held.until > at and held.person_id != by.user_id:
        raise Conflict("call_claimed", by=held.name, until=held.until)
    mine = held is not None and held.until > at
    claimed, _fresh = CallClaim.objects.update_or_create(
        workspace_id=call.workspace_id,
        call=call,
        defaults={
            "person_id": access.person_of(by),
            "name": by.name,
            "at": at,
            "until": at + CLAIM,
            "given_by": None,
            "given_by_name": "",
        },
    )
    record(call, "call.claimed", by, at, name=by.name)
    if not mine:
        audit.record("call.claimed", call.public_id, by=by, at=at)
    return claimed


def release(call: Call, *, by: Actor, at: datetime) -> None:
    """Let go of one's own claim, or take back the call that one gave; another's is left alone, and so is none."""
    access.require(by, Permission.FLAG_CALL)
    locks.lock_run(call.run_id)
    person = access.person_of(by)
    mine = CallClaim.objects.filter(Q(person_id=person) | Q(given_by=person), call=call)
    if mine.delete()[0]:
        record(call, "call.released", by, at, name=by.name)
        audit.record("call.released", call.public_id, by=by, at=at)


def claims(call_ids: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, CallClaim]:
    rows = CallClaim.objects.filter(call_id__in=list(call_ids), until__gt=at)
    return {row.call_id: row for row in rows}


def flag(call: Call, *, code: str, note: str, by: Actor, at: datetime) -> CallFlag:
    """Put a reason on the call for others to see. The same reason again is the flag that is up."""
    access.require(by, Permission.FLAG_CALL)
    note = note.strip()
    if code not in FLAGS:
        raise Invalid("unknown_reason", reason=code[:40])
    if code == "other" and not note:
        raise Invalid("note_required")
    if len(note) > MAX_NOTE or "\0" in note:
        raise Invalid("note_too_long", limit=MAX_NOTE)
    locks.lock_run(call.run_id)
    known = CallFlag.objects.filter(call=call, code=code, down_at=None).first()
    if known is not None:
        return known
    raised = CallFlag.objects.create(
        workspace_id=call.workspace_id,
        call=call,
        code=code,
        note=note,
        by=by.id,
        name=by.name,
        at=at,
    )
    record(call, "call.flagged", by, at, code=code)
    audit.record("call.flagged", call.public_id, by=by, at=at, code=code)
    return raised


def take_down(call: Call, *, code: str, by: Actor, at: datetime) -> None:
    """The reason is seen to: the flag stays in the record and is up no more."""
    access.require(by, Permission.FLAG_CALL)
    locks.lock_run(call.run_id)
    up = CallFlag.objects.filter(call=call, code=code, down_at=None)
    if up.update(down_at=at, down_by=by.id):
        record(call, "call.unflagged", by, at, code=code)
        audit.record("call.unflagged", call.public_id, by=by, at=at, code=code)


def flags(call_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[CallFlag]]:
    """Flags that are up, oldest first."""
    found: dict[uuid.UUID, list[CallFlag]] = defaultdict(list)
    for row in CallFlag.objects.filter(call_id__in=list(call_ids), down_at=None).order_by("at"):
        found[row.call_id].append(row)
    return found


def handle(call: Call, *, trigger: str, by: Actor, at: datetime) -> None:
    """A person took care of an escalation: its banner goes, the call stops asking for it."""
    access.require(by, Permission.FLAG_CALL)
    locks.lock_run(call.run_id)
    kinds = ("escalation.raised", "escalation.handled", "call.flagged")
    lines = ledger.of_kinds(*kinds, runs=[call.run_id])
    known = [
        one.kind for one in lines if trigger in (one.body.get("trigger"), one.body.get("code"))
    ]
    if not known or trigger in FLAGS:  # a person's flag is taken down
        raise Conflict("nothing_to_handle")
    if known[-1] == "escalation.handled":
        return
    Call.objects.filter(id=call.id, attention=trigger).update(attention="", attention_at=None)
    ledger.append(call.run_id, "escalation.handled", by=by, at=at, trigger=trigger)
    audit.record("escalation.handled", call.public_id, by=by, at=at, trigger=trigger)


def lock_open(call: Call) -> None:
    """Verbs on one call follow each other. Raise Conflict where it is over."""
    locks.lock_run(call.run_id)
    if Call.objects.values_list("state", flat=True).get(id=call.id) not in OPEN:
        raise Conflict("call_is_over", call=call.public_id)


def record(call: Call, kind: str, by: Actor, at: datetime, **body: str) -> None:
    """A line of the call's run that names the call."""
    ledger.append(call.run_id, kind, by=by, at=at, call=call.public_id, **body)


def _tell(call: Call) -> None:
    """Who looks is no line of the record: the watchers draw it again, and the wall its tile."""
    wall = topics.listing(call.workspace_id, "wall")
    messages: list[tuple[str, dict[str, Any]]] = [
        (
            topics.run(call.workspace_id, call.run_id),
            {"run": str(call.run_id), "part": {"presence": True}},
        ),
        (wall, {"run": str(call.run_id), "kind": "presence.changed"}),
    ]
    bus.publish_after_commit(messages)
