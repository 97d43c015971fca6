"""Holds: the clock of an approved proposal is stopped by a person, and let run again."""

from datetime import datetime

from django.db import transaction

from approvals import decisions, doorbell, outbox, quorum
from approvals.models import OutboxEntry, Proposal
from approvals.models.proposal import ProposalState
from runs import ledger
from runs.access import require_person
from runs.crashpoints import crashpoint
from runs.errors import Conflict
from runs.people import Actor


def hold(proposal: Proposal | str, *, by: Actor, at: datetime) -> list[OutboxEntry]:
    """Stop the clock of an approved proposal until it is released, or until its execute-by."""
    return _hold(proposal, True, by=by, at=at)


def release(proposal: Proposal | str, *, by: Actor, at: datetime) -> list[OutboxEntry]:
    """Let the clock run again, from its start: undo stays possible for the hold's full length."""
    return _hold(proposal, False, by=by, at=at)


def _hold(proposal: Proposal | str, held: bool, *, by: Actor, at: datetime) -> list[OutboxEntry]:
    proposal = decisions.fetch(proposal)
    quorum.require_decider(proposal, by)
    if not held:
        require_person(by)
    approval = decisions.live_approval(proposal)
    if approval is None or proposal.state != ProposalState.APPROVED:
        raise Conflict("not_approved", state=proposal.state)
    with transaction.atomic():
        entries = outbox.set_held(approval, held, at=at)
        verb = "held" if held else "released"
        ledger.append_many([outbox.line(entry, verb) for entry in entries], by=by, at=at)
        decisions.write_audit(verb, proposal, by=by, at=at)
        crashpoint("hold.recorded")
        if not held:
            doorbell.kick()
    return entries
