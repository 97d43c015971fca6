"""Verbs of operators for live calls: rows, executed once by the owner of the call."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from runs import ledger, people, scope
from voice.models import Command
from voice.models.command import CommandState
from voice.switchboard.claims import Claim


@dataclass(frozen=True, slots=True)
class Given:
    workspace_id: uuid.UUID
    run_id: uuid.UUID
    call_id: uuid.UUID
    id: uuid.UUID
    kind: str


def pending(claims: Sequence[Claim]) -> list[Given]:
    """What waits to be done in calls that are ours."""
    if not claims:
        return []
    with scope.workspace(*{one.workspace_id for one in claims}):
        rows = Command.objects.filter(
            call_id__in=[one.call_id for one in claims], state=CommandState.PENDING
        ).order_by("at", "id")
        columns = ("workspace_id", "run_id", "call_id", "id", "kind")
        return [Given(*row) for row in rows.values_list(*columns)]


def finish(given: Given, answer: str, state: CommandState = CommandState.DONE) -> None:
    """Say what became of it, once."""
    with scope.workspace(given.workspace_id):
        at = scope.now()
        open_ones = Command.objects.filter(id=given.id, state=CommandState.PENDING)
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
