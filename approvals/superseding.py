"""Superseding: a proposal whose place a newer one has taken."""

from datetime import datetime

from approvals import checkpoints
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from runs import audit, ledger
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor


def supersede(proposal: Proposal, state: ProposalState, *, by: Actor, at: datetime) -> bool:
    """Close it where it still is in this state; returns whether it was."""
    changed = Proposal.objects.filter(id=proposal.id, state=state).update(
        state=ProposalState.SUPERSEDED, decided_at=at, decided_by=None
    )
    if not changed:
        return False
    proposal.refresh_from_db()
    result = {"code": "superseded"}
    _step, lines = checkpoints.answer(proposal, StepState.FAILED, result, at=at)
    lines += checkpoints.close(checkpoints.wish(proposal), StepState.FAILED, result, at=at)
    body = {"proposal": proposal.public_id, "version": proposal.version}
    ledger.append_many([*lines, Line(proposal.run_id, "proposal.superseded", body)], by=by, at=at)
    audit.record("proposal.superseded", proposal.public_id, by=by, at=at, version=proposal.version)
    return True
