"""Verbs of operators for live calls: a row that the owner of the call executes once."""

from collections.abc import Iterable
from datetime import datetime

from runs import access, audit, ledger, locks, redaction
from runs.access import Permission
from runs.errors import Conflict, Invalid, NotFound
from runs.people import Actor
from runs.releases import content_of, destination_of
from voice import bell
from voice.calls import OPEN
from voice.models import Call, Command
from voice.models.command import CommandState

END = "end"
WHISPER = "whisper"
TRANSFER = "transfer"
ASK = "ask"
MAX_WHISPER = 400
UNDER_WAY = (CommandState.PENDING, CommandState.SENT, CommandState.ACCEPTED)
# Why a call needs somebody after a transfer; a new one answers it.
UNSETTLED = "transfer_"
# What each verb needs; a verb that is not here does not exist.
_NEEDS = {
    END: Permission.END_CALL,
    WHISPER: Permission.WHISPER,
    TRANSFER: Permission.TRANSFER_CALL,
    ASK: Permission.WHISPER,
}


def give(
    call: Call,
    verb: str,
    *,
    key: str,
    by: Actor,
    at: datetime,
    text: str = "",
    reason: str = "",
    destination: str = "",
    field: str = "",
) -> Command:
    """Ask the owner of the call to do it. The same key again is the same command.

    `text` is what the agent is told, `reason` why the call is ended, `destination` the key of where it goes,
    `field` what is to be asked for.
    """
    if verb not in _NEEDS:
        raise NotFound("unknown_verb", verb=verb[:40])
    access.require(by, _NEEDS[verb])
    # A call that ends at this moment must find the command, and two people hand a line over only once.
    locks.lock_run(call.run_id)
    if Call.objects.values_list("state", flat=True).get(id=call.id) not in OPEN:
        raise Conflict("call_is_over", call=call.public_id)
    if verb == TRANSFER:
        _refuse_second(call, key[:80])
    command, fresh = Command.objects.get_or_create(
        workspace_id=call.workspace_id,
        key=key[:80],
        defaults={
            "run_id": call.run_id,
            "call": call,
            "kind": verb,
            "arguments": _handed(call, destination, by)
            if verb == TRANSFER
            else _arguments(verb, text, reason, by) | ({"field": field} if field else {}),
            "by": by.id,
            "at": at,
        },
    )
    if fresh:
        ledger.append(
            call.run_id, "command.given", by=by, at=at, command=str(command.id), verb=verb
        )
        audit.record(f"call.{verb}", call.public_id, by=by, at=at, command=str(command.id))
        if verb == TRANSFER:
            Call.objects.filter(id=call.id, attention__startswith=UNSETTLED).update(
                attention="", attention_at=None
            )
        bell.ring_switchboard()
    return command


def _refuse_second(call: Call, key: str) -> None:
    others = Command.objects.filter(call=call, kind=TRANSFER).exclude(key=key)
    if others.filter(state__in=UNDER_WAY).exists():
        raise Conflict("transfer_under_way", call=call.public_id)


def _handed(call: Call, key: str, by: Actor) -> dict[str, str]:
    """Only where the release of the call says: a target never comes from a form, a model or a caller."""
    found = destination_of(content_of(call.run.release), key)
    if found is None:
        raise Invalid("unknown_destination", destination=key[:60])
    return {"name": by.name, "destination": found.key, "label": found.label}


def _arguments(verb: str, text: str, reason: str, by: Actor) -> dict[str, str]:
    """What is kept is what is sent: numbers that never reach the record never reach the agent either."""
    if verb not in (WHISPER, ASK):
        return {"name": by.name, "reason": reason[:80]}
    words = " ".join(text.replace("\0", "").split())
    if not words:
        raise Invalid("text_required")
    if len(words) > MAX_WHISPER:
        raise Invalid("text_too_long", limit=MAX_WHISPER)
    return {"name": by.name, "text": redaction.text(words)}


def newest(call: Call, verb: str) -> Command | None:
    """The last time that this was asked of the call."""
    return Command.objects.filter(call=call, kind=verb).order_by("-at", "-id").first()


def of_calls(run_ids: Iterable[object]) -> list[Command]:
    """What was asked of these runs' calls, oldest first."""
    return list(Command.objects.filter(run_id__in=list(run_ids)).order_by("at", "id"))
