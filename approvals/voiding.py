"""Voiding: what was allowed and has not left yet is not sent under a newer policy that says otherwise.

Called by the publishing of a release, in its transaction: an approval counts for the policy it was given under.
What was tried already and is tried again is asked about when it is claimed.
"""

from datetime import datetime

from django.db import transaction

from approvals import checkpoints, decisions, judging, outbox, revisions, versions
from approvals.models import OutboxEntry, Proposal
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import audit, ledger, people, releases
from runs.errors import Conflict
from runs.models import Workflow
from runs.models.step import StepState
from runs.people import Actor


def void_again(workflow: Workflow, at: datetime) -> None:
    """Give back to people what the new rules judge otherwise, and cancel what no rule lets pass any more."""
    workflow.refresh_from_db()
    by = people.system("policy", workflow.workspace_id)
    unsent = OutboxEntry.objects.filter(
        run__release__workflow=workflow, state=OutboxState.PENDING, attempts=0
    )
    approved = Proposal.objects.filter(
        state=ProposalState.APPROVED,
        id__in=unsent.filter(approval__isnull=False).values("proposal"),
    )
    for proposal in approved.order_by("id"):
        _void(proposal.public_id, by, at)
    if workflow.current is not None:
        never = _never(releases.content_of(workflow.current).policy)
        # What a rule alone let pass, and what is left of an approval of which a part has gone.
        _cancel(list(unsent.filter(action__in=never).order_by("id")), by, at)


def _void(public_id: str, by: Actor, at: datetime) -> None:
    proposal = versions.get(public_id)
    if judging.is_current(proposal, versions.of(proposal)):
        return
    try:
        with transaction.atomic():
            decisions.take_back(proposal, by=by, at=at)
            if proposal.state == ProposalState.PENDING:
                revisions.rejudge(proposal, by=by, at=at)
    except Conflict:
        # A part of it has left: it was allowed when it did, and the rest is still judged by itself.
        return


def _never(rules: releases.Policy) -> list[str]:
    return [action for action in rules.autonomy if judging.bars(rules, action)]


def _cancel(entries: list[OutboxEntry], by: Actor, at: datetime) -> None:
    """What no rule lets pass any more."""
    ids = [one.id for one in entries]
    OutboxEntry.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").first()
    code = {"code": "policy_changed"}
    gone = []
    for entry in entries:
        gone += [entry] * OutboxEntry.objects.filter(
            id=entry.id, state=OutboxState.PENDING, attempts=0
        ).update(state=OutboxState.CANCELLED, reason="policy_changed", finished_at=at, held=False)
    lines = checkpoints.close(checkpoints.effects_of(gone), StepState.FAILED, code, at=at)
    lines += [outbox.line(one, "cancelled", **code) for one in gone]
    ledger.append_many(lines, by=by, at=at)
    for entry in gone:
        audit.record("outbox.cancelled", entry.public_id, by=by, at=at, **code)
