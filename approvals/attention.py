"""Attention: who is reviewing a proposal, and until when it rests. Neither stops a clock nor bars a decision."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from approvals import decisions, remarks, versions
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from runs import audit, ledger
from runs.access import Permission, require
from runs.errors import Conflict, Invalid
from runs.people import Actor

REVIEW = timedelta(minutes=5)
MAX_NOTE = 500


def claim(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    """Say that one reviews it: for five minutes from the last sign of life. Conflict where somebody else does."""
    require(by, Permission.DECIDE_PROPOSAL)
    proposal = _fetch(proposal)
    free = Q(claimed_by=None) | Q(claimed_by=by.user_id) | Q(claimed_until__lte=at)
    if not _take(proposal, free, by=by, at=at):
        _refuse_decided(proposal)
        raise Conflict("claimed", by=_name(proposal), until=proposal.claimed_until)
    return proposal


def steal(proposal: Proposal | str, *, by: Actor, at: datetime, note: str = "") -> Proposal:
    """Take the review over from somebody. From whom, and why where one says so, stays with the proposal."""
    require(by, Permission.DECIDE_PROPOSAL)
    proposal = _fetch(proposal)
    note = note.strip()
    if len(note) > MAX_NOTE or "\0" in note:
        raise Invalid("note_too_long", limit=MAX_NOTE)
    with transaction.atomic():
        # Of two who take it at once the second takes it from the first.
        Proposal.objects.select_for_update(no_key=True, of=("self",)).get(id=proposal.id)
        proposal.refresh_from_db()
        before = proposal.claimed_by_id if reviewer(proposal, at) else None
        name = _name(proposal)
        if not _take(proposal, Q(), by=by, at=at):
            _refuse_decided(proposal)
        if before is not None and before != by.user_id:
            remarks.note_taken(proposal, from_name=name, text=note, by=by, at=at)
            audit.record(
                "proposal.claim_taken", proposal.public_id, by=by, at=at, before=str(before),
                note=bool(note),
            )  # fmt: skip
    return proposal


def extend(proposal: Proposal, *, by: Actor, at: datetime) -> bool:
    """A sign of life: one's own review that still runs goes on; nobody else's is touched."""
    mine = Proposal.objects.filter(
        id=proposal.id, state=ProposalState.PENDING, claimed_until__gt=at, claimed_by__isnull=False
    )
    return bool(mine.filter(claimed_by=by.user_id).update(claimed_until=at + REVIEW))


def let_go(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    """End one's own review; another's is left alone."""
    proposal = _fetch(proposal)
    Proposal.objects.filter(id=proposal.id, claimed_by=by.user_id).update(
        claimed_by=None, claimed_until=None
    )
    proposal.refresh_from_db()
    return proposal


def reviewer(proposal: Proposal, at: datetime) -> str:
    """The name of who reviews it now, "" where nobody does."""
    if proposal.claimed_until is None or proposal.claimed_until <= at:
        return ""
    return _name(proposal)


def snooze(proposal: Proposal | str, *, until: datetime, by: Actor, at: datetime) -> Proposal:
    """Let it rest. It comes back by itself and always before its time to decide ends."""
    require(by, Permission.DECIDE_PROPOSAL)
    proposal = _fetch(proposal)
    if until <= at:
        raise Invalid("snooze_in_the_past")
    if until >= proposal.approve_by:
        raise Invalid("snooze_too_long", at=proposal.approve_by)
    changed = Proposal.objects.filter(
        id=proposal.id, state=ProposalState.PENDING, approve_by__gt=until
    ).update(snoozed_until=until, snoozed_by=by.name)
    proposal.refresh_from_db()
    if not changed:
        _refuse_decided(proposal)
    _tell(proposal, "snoozed", by=by, at=at)
    return proposal


def wake(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    require(by, Permission.DECIDE_PROPOSAL)
    proposal = _fetch(proposal)
    changed = Proposal.objects.filter(id=proposal.id, snoozed_until__gt=at).update(
        snoozed_until=None, snoozed_by=""
    )
    proposal.refresh_from_db()
    if not changed:
        raise Conflict("not_snoozed")
    audit.record("proposal.woken", proposal.public_id, by=by, at=at, version=proposal.version)
    return proposal


def resting(at: datetime) -> Q:
    """Proposals that are snoozed at this moment."""
    return Q(state=ProposalState.PENDING, snoozed_until__gt=at)


def _take(proposal: Proposal, free: Q, *, by: Actor, at: datetime) -> bool:
    # One conditional UPDATE: of two who begin at once one reviews.
    changed = Proposal.objects.filter(free, id=proposal.id, state=ProposalState.PENDING).update(
        claimed_by=by.user_id, claimed_until=at + REVIEW
    )
    proposal.refresh_from_db()
    return bool(changed)


def _fetch(proposal: Proposal | str) -> Proposal:
    return versions.get(proposal if isinstance(proposal, str) else proposal.public_id)


def _refuse_decided(proposal: Proposal) -> None:
    if proposal.state != ProposalState.PENDING:
        raise decisions.already_decided(proposal)


def _name(proposal: Proposal) -> str:
    return proposal.claimed_by.name if proposal.claimed_by else ""


def _tell(proposal: Proposal, past: str, *, by: Actor, at: datetime) -> None:
    ledger.append(
        proposal.run_id, f"proposal.{past}", by=by, at=at, proposal=proposal.public_id,
        version=proposal.version,
    )  # fmt: skip
    audit.record(f"proposal.{past}", proposal.public_id, by=by, at=at, version=proposal.version)
