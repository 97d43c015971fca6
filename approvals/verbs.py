"""Which verbs are open to a person on a proposal, and why the others are not."""

from collections.abc import Callable
from datetime import datetime

from approvals import contents, decisions, disclosure, outbox, quorum, versions, votes
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from runs.access import Permission, require, require_person
from runs.errors import Conflict, Refused
from runs.people import Actor

VERBS = ("approve", "retract", "reject", "edit", "undo", "hold", "release")


def verbs_for(actor: Actor, proposal: Proposal, at: datetime) -> dict[str, Refused | None]:
    """verb -> None where it is allowed, else the refusal that using it would meet."""
    checks: dict[str, Callable[[], None]] = {
        "approve": lambda: _may_approve(proposal, actor, at),
        "retract": lambda: _may_retract(proposal, actor, at),
        "reject": lambda: _may_reject(proposal, actor, at),
        "edit": lambda: _may_edit(proposal, actor, at),
        "undo": lambda: _may_undo(proposal, actor),
        "hold": lambda: _may_hold(proposal, actor, held=False),
        "release": lambda: _may_hold(proposal, actor, held=True),
    }
    return {verb: _refusal(checks[verb]) for verb in VERBS}


def _refusal(check: Callable[[], None]) -> Refused | None:
    try:
        check()
    except Refused as refusal:
        return refusal
    return None


def _open(proposal: Proposal, at: datetime) -> None:
    if proposal.state != ProposalState.PENDING:
        raise decisions.already_decided(proposal)
    if proposal.approve_by <= at:
        raise Conflict("expired", at=proposal.approve_by)


def _may_approve(proposal: Proposal, actor: Actor, at: datetime) -> None:
    _open(proposal, at)
    decisions.may_decide(proposal, actor)
    version = versions.of(proposal)
    disclosure.require(proposal.run, contents.load(version), version.before)


def _may_retract(proposal: Proposal, actor: Actor, at: datetime) -> None:
    votes.may_retract(proposal, actor, at)


def _may_reject(proposal: Proposal, actor: Actor, at: datetime) -> None:
    _open(proposal, at)
    quorum.require_decider(proposal, actor)


def _may_edit(proposal: Proposal, actor: Actor, at: datetime) -> None:
    _open(proposal, at)
    require(actor, Permission.DECIDE_PROPOSAL)


def _may_undo(proposal: Proposal, actor: Actor) -> None:
    approval = decisions.live_approval(proposal)
    if proposal.state != ProposalState.APPROVED or approval is None:
        raise Conflict("nothing_to_undo", state=proposal.state)
    outbox.check_unsent(approval)
    quorum.require_decider(proposal, actor)


def _may_hold(proposal: Proposal, actor: Actor, *, held: bool) -> None:
    approval = decisions.live_approval(proposal)
    if approval is None or proposal.state != ProposalState.APPROVED:
        raise Conflict("not_approved", state=proposal.state)
    outbox.check_holdable(approval, held=held)
    quorum.require_decider(proposal, actor)
    if held:
        require_person(actor)
