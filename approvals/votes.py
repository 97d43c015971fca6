"""Votes: one person's yes of several, taken back while the others are still needed."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from approvals import decisions, notices, quorum
from approvals.models import Approval, Proposal
from approvals.models.attention import NoticeKind
from approvals.models.proposal import ProposalState
from runs import ledger
from runs.access import Permission, require, require_person
from runs.crashpoints import crashpoint
from runs.errors import Conflict
from runs.ledger import Line
from runs.people import Actor


def retract(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    """Take one's own yes back. What came after it in a later stage rested on it and goes with it; the same
    person may say yes again."""
    proposal = decisions.fetch(proposal)
    may_retract(proposal, by, at)
    with transaction.atomic():
        # Before the yeses are read: a last yes at the same moment is before this or after it.
        Proposal.objects.select_for_update(no_key=True, of=("self",)).get(id=proposal.id)
        proposal.refresh_from_db()
        mine = may_retract(proposal, by, at)
        gone = [mine, *(one for one in quorum.standing(proposal) if one.stage > mine.stage)]
        Approval.objects.filter(id__in=[one.id for one in gone]).update(undone_at=at)
        Proposal.objects.filter(id=proposal.id).update(given=F("given") - len(gone))
        crashpoint("retract.counted")
        proposal.refresh_from_db()
        now = quorum.progress(proposal)
        ledger.append_many(
            [_line(proposal, one, now.needed - len(now.given)) for one in gone], by=by, at=at
        )
        decisions.write_audit("retracted", proposal, by=by, at=at, yeses=len(gone))
        _tell(proposal, now, about=f"{proposal.version}:{mine.id}", at=at)
        crashpoint("retract.recorded")
    return proposal


def may_retract(proposal: Proposal, by: Actor, at: datetime) -> Approval:
    """The person's yes that still can be taken back. Raise where there is none."""
    require(by, Permission.SEE_PROPOSALS)
    require_person(by)
    if proposal.state != ProposalState.PENDING:
        raise decisions.already_decided(proposal)
    if proposal.approve_by <= at:
        raise Conflict("expired", at=proposal.approve_by)
    mine = [one for one in quorum.standing(proposal) if one.user_id == by.user_id]
    if not mine:
        raise Conflict("no_yes_of_yours")
    return mine[0]


def _line(proposal: Proposal, one: Approval, left: int) -> Line:
    body = {"proposal": proposal.public_id, "version": proposal.version}
    return Line(
        proposal.run_id, "proposal.retracted", {**body, "approval": str(one.id), "left": left}
    )


def _tell(proposal: Proposal, now: quorum.Progress, *, about: str, at: datetime) -> None:
    if now.stage is not None:
        notices.tell_roles(proposal, now.stage.roles, NoticeKind.WAITING, about=about, at=at)
