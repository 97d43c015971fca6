"""Reversals: what can be done after an effect was confirmed. A reversal is a proposal like any other, and
proposes exactly what was prepared when the effect was confirmed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet

from approvals import prepared, proposals, versions
from approvals.contents import Content
from approvals.models import OutboxEntry, Proposal
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import audit, steps
from runs.access import Permission, require
from runs.errors import Conflict
from runs.people import Actor

Why = Literal[
    "", "not_confirmed", "cannot_be_recalled", "before_unknown", "changed_since", "altered"
]

# Ended without an effect: what it would have put back may be wished for again.
_OVER = (
    ProposalState.REJECTED, ProposalState.WITHDRAWN, ProposalState.EXPIRED, ProposalState.SUPERSEDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reversal:
    """What would take a confirmed effect back; without a content, `why` says why not. `by` is the later effect
    that changed the same, `proposal` the one that was made of it already."""

    entry: OutboxEntry
    content: Content | None = None
    why: Why = ""
    by: OutboxEntry | None = None
    proposal: Proposal | None = None

    @property
    def reversible(self) -> bool:
        return self.content is not None


def of(entry: OutboxEntry) -> Reversal:
    if entry.state != OutboxState.SUCCEEDED:
        return Reversal(entry, why="not_confirmed")
    proposal = _made(entry).order_by("-proposed_at").first()
    try:
        content = prepared.of(entry)
    except Conflict:
        return Reversal(entry, why="altered", proposal=proposal)
    if content is None:
        why: Why = "before_unknown" if prepared.fields(entry) else "cannot_be_recalled"
        return Reversal(entry, why=why, proposal=proposal)
    later = _later(entry, {change.field for change in content.changes})
    if later is not None:
        return Reversal(entry, why="changed_since", by=later, proposal=proposal)
    return Reversal(entry, content, proposal=proposal)


def propose(entry: OutboxEntry, *, by: Actor, at: datetime) -> Proposal:
    """Propose to put back what was there before. Asked twice it is one proposal, until that has ended without
    an effect."""
    require(by, Permission.DECIDE_PROPOSAL)
    found = of(entry)
    if found.proposal is not None and found.proposal.state not in _OVER:
        return versions.get(found.proposal.public_id)
    if found.content is None:
        raise Conflict("not_reversible", why=found.why)
    step, _fresh = steps.begin(
        entry.run, key=_next_key(entry), name="reversal", kind="proposal",
        arguments={"entry": entry.public_id}, by=by, at=at,
    )  # fmt: skip
    now = {change.field: change.before for change in found.content.changes}
    made = proposals.propose(
        entry.run, step=step, content=found.content, by=by, at=at, before=now,
        before_read_at=entry.finished_at,
    )  # fmt: skip
    audit.record("proposal.reversal_made", made.public_id, by=by, at=at, entry=entry.public_id)
    return made


def _later(entry: OutboxEntry, fields: set[str]) -> OutboxEntry | None:
    """An effect of ours that was confirmed after it and changed one of the same fields."""
    after = OutboxEntry.objects.filter(
        target=entry.target, state=OutboxState.SUCCEEDED, finished_at__gt=entry.finished_at
    ).order_by("finished_at")
    return next((one for one in after if fields.intersection(prepared.fields(one))), None)


def _key(entry: OutboxEntry) -> str:
    return f"reverse:{entry.public_id}"


def _made(entry: OutboxEntry) -> QuerySet[Proposal]:
    mine = Q(step__step_key=_key(entry)) | Q(step__step_key__startswith=f"{_key(entry)}:")
    return Proposal.objects.filter(mine, step__run_id=entry.run_id)


def _next_key(entry: OutboxEntry) -> str:
    earlier = _made(entry).count()
    return f"{_key(entry)}:{earlier + 1}" if earlier else _key(entry)
