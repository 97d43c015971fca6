"""Verbs of operators for live calls: a row that the owner of the call executes once."""

from datetime import datetime

from runs import access, ledger
from runs.access import Permission
from runs.errors import Conflict, NotFound
from runs.people import Actor
from voice import bell
from voice.calls import OPEN
from voice.models import Call, Command

END = "end"
# What each verb needs; a verb that is not here does not exist.
_NEEDS = {END: Permission.END_CALL}


def give(call: Call, verb: str, *, key: str, by: Actor, at: datetime) -> Command:
    """Ask the owner of the call to do it. The same key again is the same command."""
    if verb not in _NEEDS:
        raise NotFound("unknown_verb", verb=verb[:40])
    access.require(by, _NEEDS[verb])
    if Call.objects.values_list("state", flat=True).get(id=call.id) not in OPEN:
        raise Conflict("call_is_over", call=call.public_id)
    command, fresh = Command.objects.get_or_create(
        workspace_id=call.workspace_id,
        key=key[:80],
        defaults={"run_id": call.run_id, "call": call, "kind": verb, "by": by.id, "at": at},
    )
    if fresh:
        ledger.append(
            call.run_id, "command.given", by=by, at=at, command=str(command.id), verb=verb
        )
        bell.ring_switchboard()
    return command
