"""Verbs of operators for live calls: rows, executed once by the owner of the call."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from runs import ledger, people, scope
from runs.models import Run
from voice.models import Command
from voice.models.command import CommandState
from voice.switchboard.claims import Claim

UNSETTLED = (CommandState.PENDING, CommandState.SENT)


@dataclass(frozen=True, slots=True)
class Given:
    workspace_id: uuid.UUID
    run_id: uuid.UUID
    call_id: uuid.UUID
    id: uuid.UUID
    kind: str
    epoch: int
    text: str = ""


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
            Given(workspace, run, call, id, kind, epochs[call], str(arguments.get("text", "")))
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


def _is_ours(given: Given) -> bool:
    """Whoever lost the call leaves the command to the next owner, who carries it out again."""
    runs = Run.objects.select_for_update(no_key=True, of=("self",))
    return runs.filter(id=given.run_id, fence=given.epoch).first() is not None
