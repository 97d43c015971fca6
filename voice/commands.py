"""Verbs of operators for live calls: a row that the owner of the call executes once."""

from collections.abc import Iterable
from datetime import datetime

from runs import access, audit, ledger, redaction
from runs.access import Permission
from runs.errors import Conflict, Invalid, NotFound
from runs.people import Actor
from voice import bell
from voice.calls import OPEN
from voice.models import Call, Command

END = "end"
WHISPER = "whisper"
MAX_WHISPER = 400
# What each verb needs; a verb that is not here does not exist.
_NEEDS = {END: Permission.END_CALL, WHISPER: Permission.WHISPER}


def give(
    call: Call, verb: str, *, key: str, by: Actor, at: datetime, text: str = "", reason: str = ""
) -> Command:
    """Ask the owner of the call to do it. The same key again is the same command.

    `text` is what a whisper says, `reason` why the call is ended.
    """
    if verb not in _NEEDS:
        raise NotFound("unknown_verb", verb=verb[:40])
    access.require(by, _NEEDS[verb])
    if Call.objects.values_list("state", flat=True).get(id=call.id) not in OPEN:
        raise Conflict("call_is_over", call=call.public_id)
    command, fresh = Command.objects.get_or_create(
        workspace_id=call.workspace_id,
        key=key[:80],
        defaults={
            "run_id": call.run_id,
            "call": call,
            "kind": verb,
            "arguments": _arguments(verb, text, reason, by),
            "by": by.id,
            "at": at,
        },
    )
    if fresh:
        ledger.append(
            call.run_id, "command.given", by=by, at=at, command=str(command.id), verb=verb
        )
        audit.record(f"call.{verb}", call.public_id, by=by, at=at, command=str(command.id))
        bell.ring_switchboard()
    return command


def _arguments(verb: str, text: str, reason: str, by: Actor) -> dict[str, str]:
    """What is kept is what is sent: numbers that never reach the record never reach the agent either."""
    if verb != WHISPER:
        return {"name": by.name, "reason": reason[:80]}
    words = " ".join(text.replace("\0", "").split())
    if not words:
        raise Invalid("text_required")
    if len(words) > MAX_WHISPER:
        raise Invalid("text_too_long", limit=MAX_WHISPER)
    return {"name": by.name, "text": redaction.text(words)}


def of_calls(run_ids: Iterable[object]) -> list[Command]:
    """What was asked of these runs' calls, oldest first."""
    return list(Command.objects.filter(run_id__in=list(run_ids)).order_by("at", "id"))
