"""Assignments: a live call is given to somebody who works here. They are told, the others see it."""

import uuid
from datetime import datetime, timedelta

from approvals import notices
from approvals.models.attention import NoticeKind
from runs import access, audit
from runs.access import Permission
from runs.errors import Conflict, Invalid
from runs.people import Actor
from voice import minding
from voice.models import Call, CallClaim

# Longer than any call can last: who was given a call has it until it ends, or somebody lets it go.
LASTS = timedelta(hours=4)


def assign(call: Call, *, to: uuid.UUID, by: Actor, at: datetime) -> CallClaim:
    """Give the call to this person. Conflict where a third one has it, Invalid where they may not take calls.

    Who has a call hands it on, and who gave it gives it anew.
    """
    access.require(by, Permission.FLAG_CALL)
    person = access.person_of(by)
    taker = next((one for one in candidates(by.workspace_id) if one[0] == to), None)
    if taker is None:
        raise Invalid("cannot_be_assigned")
    minding.lock_open(call)
    held = CallClaim.objects.filter(call=call, until__gt=at).first()
    if held is not None and held.person_id == to:
        return held
    if held is not None and person not in (held.person_id, held.given_by):
        raise Conflict("call_claimed", by=held.name, until=held.until)
    given: dict[str, object] = {"person_id": to, "name": taker[1], "at": at, "until": at + LASTS}
    given |= {"given_by": person, "given_by_name": by.name}
    if to == person:
        given |= {"given_by": None, "given_by_name": ""}
    claimed, _made = CallClaim.objects.update_or_create(
        workspace_id=call.workspace_id, call=call, defaults=given
    )
    minding.record(call, "call.assigned", by, at, name=taker[1])
    audit.record("call.assigned", call.public_id, by=by, at=at, to=str(to))
    about = f"{at:%Y%m%dT%H%M%S%f}"
    told = {to} - {person}
    notices.tell_of_call(call.run, call.public_id, told, NoticeKind.ASSIGNED, about=about, at=at)
    return claimed


def candidates(workspace_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """(person, name) of everybody here whose role takes calls."""
    return access.people_with(Permission.FLAG_CALL, workspace_id)
