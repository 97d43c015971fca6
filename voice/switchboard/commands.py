"""Verbs of operators for live calls: rows, executed once by the owner of the call."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runs import ledger, people, scope
from runs.crashpoints import crashpoint
from runs.errors import Conflict
from runs.models import Run
from voice.commands import TRANSFER
from voice.models import Call, Command
from voice.models.command import CommandState
from voice.switchboard import transferring
from voice.switchboard.claims import Claim
from voice.switchboard.results import Commanded
from voice.switchboard.state import Transfer

UNSETTLED = (CommandState.PENDING, CommandState.SENT, CommandState.ACCEPTED)
# Of a transfer that was sent only the watch over its line says what became of it.
_ON_ITS_WAY = (CommandState.SENT, CommandState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Given:
    workspace_id: uuid.UUID
    run_id: uuid.UUID
    call_id: uuid.UUID
    id: uuid.UUID
    kind: str
    epoch: int
    text: str = ""
    destination: str = ""


def pending(claims: Sequence[Claim]) -> list[Given]:
    """What waits to be done in calls that are ours."""
    if not claims:
        return []
    with scope.workspace(*{one.workspace_id for one in claims}):
        rows = Command.objects.filter(
            call_id__in=[one.call_id for one in claims], state=CommandState.PENDING
        ).order_by("at", "id")
        columns = ("workspace_id", "run_id", "call_id", "id", "kind", "arguments")
        epochs = {one.call_id: one.epoch for one in claims}
        return [
            Given(
                *(workspace, run, call, id, kind, epochs[call]),
                text=str(arguments.get("text", "")),
                destination=str(arguments.get("destination", "")),
            )
            for workspace, run, call, id, kind, arguments in rows.values_list(*columns)
        ]


def sent(given: Given) -> None:
    """The provider was told; whether it took it shows later."""
    with scope.workspace(given.workspace_id):
        if not _is_ours(given):
            return
        waiting = Command.objects.filter(id=given.id, state=CommandState.PENDING)
        if waiting.update(state=CommandState.SENT):
            ledger.append(
                given.run_id,
                "command.sent",
                by=people.system("switchboard", given.workspace_id),
                at=scope.now(),
                command=str(given.id),
                verb=given.kind,
            )
            crashpoint("command.sent")


def note(record: Commanded, at: datetime) -> tuple[str, dict[str, str]]:
    """Write what became of a command; the line that says so. Nothing where it had come to its end before."""
    rows = Command.objects.filter(id=record.command, state__in=UNSETTLED)
    verb = rows.values_list("kind", flat=True).first()
    state = CommandState(record.state)
    if state is CommandState.SENT:
        if not rows.filter(state=CommandState.PENDING).update(state=state):
            # What follows the mark would be done a second time: the whole batch must not be kept.
            raise Conflict("sent_before")
        changed = 1
    elif state is CommandState.ACCEPTED:
        changed = rows.update(state=state, accepted_at=at)
    else:
        changed = rows.update(state=state, answer=record.answer[:200], done_at=at)
    if not changed or verb is None:
        return "", {}
    body = {"command": record.command, "verb": verb}
    if state is CommandState.UNKNOWN:
        return "command.doubted", {**body, "code": record.answer[:40]}
    if state in _ON_ITS_WAY:
        return f"command.{state}", body
    return "command.done", {**body, "state": str(state)}


def transfer_of(call: Call, at: datetime) -> Transfer | None:
    """The transfer that is on its way, as an owner before us left it. `at` is when we took the call."""
    rows = Command.objects.filter(call=call, kind=TRANSFER, state__in=_ON_ITS_WAY)
    found = rows.order_by("-at").first()
    if found is None:
        return None
    if found.accepted_at is None:
        return Transfer(str(found.id), phase="sent")
    left_s = transferring.WATCH_S - (at - found.accepted_at).total_seconds()
    return Transfer(str(found.id), phase="accepted", watch_s=max(0.0, left_s))


def close(claim: Claim) -> None:
    """The call is over: what it did not live to see is refused, not left open."""
    with scope.workspace(claim.workspace_id):
        rows = Command.objects.filter(call_id=claim.call_id, state__in=UNSETTLED)
        columns = ("workspace_id", "run_id", "call_id", "id", "kind")
        left = [
            Given(workspace, run, call, id, kind, claim.epoch)
            for workspace, run, call, id, kind in rows.values_list(*columns)
        ]
    for given in left:
        finish(given, "call_over", CommandState.REFUSED)


def finish(given: Given, answer: str, state: CommandState = CommandState.DONE) -> None:
    """Say what became of it, once."""
    with scope.workspace(given.workspace_id):
        if not _is_ours(given):
            return
        at = scope.now()
        open_ones = Command.objects.filter(id=given.id, state__in=UNSETTLED)
        if open_ones.update(state=state, answer=answer, done_at=at):
            ledger.append(
                given.run_id,
                "command.done",
                by=people.system("switchboard", given.workspace_id),
                at=at,
                command=str(given.id),
                verb=given.kind,
                state=state,
            )
            crashpoint("command.finished")


def _is_ours(given: Given) -> bool:
    """Whoever lost the call leaves the command to the next owner, who carries it out again."""
    runs = Run.objects.select_for_update(no_key=True, of=("self",))
    return runs.filter(id=given.run_id, fence=given.epoch).first() is not None
