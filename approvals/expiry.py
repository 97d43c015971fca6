"""Expiry: proposals that nobody decided in time."""

import uuid
from datetime import datetime

from approvals import checkpoints
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from runs import ledger, people, scope
from runs.crashpoints import crashpoint
from runs.ledger import Line
from runs.models.step import StepState

BATCH = 200


def expire_due(at: datetime) -> int:
    """Expire what is past its approve-by, in every workspace; returns how many. Run outside a scope."""
    with scope.every_workspace():
        due = list(
            Proposal.objects.filter(state=ProposalState.PENDING, approve_by__lte=at)
            .order_by("approve_by")
            .values_list("workspace_id", "id")[:BATCH]
        )
    return sum(_expire(workspace_id, proposal_id, at) for workspace_id, proposal_id in due)


def _expire(workspace_id: uuid.UUID, proposal_id: uuid.UUID, at: datetime) -> int:
    by = people.system("expiry", workspace_id)
    with scope.workspace(workspace_id):
        changed = Proposal.objects.filter(
            id=proposal_id, state=ProposalState.PENDING, approve_by__lte=at
        ).update(state=ProposalState.EXPIRED, decided_at=at)
        if not changed:
            return 0
        proposal = Proposal.objects.select_related("run", "step").get(id=proposal_id)
        result = {"code": "expired"}
        _step, lines = checkpoints.answer(proposal, StepState.FAILED, result, at=at)
        lines += checkpoints.close(checkpoints.wish(proposal), StepState.FAILED, result, at=at)
        body = {"proposal": proposal.public_id, "version": proposal.version}
        lines.append(Line(proposal.run_id, "proposal.expired", body))
        ledger.append_many(lines, by=by, at=at)
        crashpoint("expire.recorded")
    return 1
