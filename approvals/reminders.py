"""Reminders: what nobody decides is said again, and then said one role higher. Time alone decides nothing."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F

from approvals import notices, quorum
from approvals.models import Proposal
from approvals.models.attention import NoticeKind
from approvals.models.proposal import ProposalState
from runs import ledger, people, policies, scope
from runs.models import User

BATCH = 200
# Of the time to decide, so much is left when its people are reminded, and when the next role is told.
REMIND_AT, ESCALATE_AT = 4, 10


def remind_due(at: datetime) -> int:
    """Remind and escalate in every workspace; returns how many proposals were meant. Run outside a scope."""
    with scope.every_workspace():
        pending = Proposal.objects.filter(state=ProposalState.PENDING, approve_by__gt=at)
        found = sorted({*pending.values_list("workspace_id", flat=True).distinct()}, key=str)
    return sum(_in_workspace(workspace_id, at) for workspace_id in found)


def _in_workspace(workspace_id: uuid.UUID, at: datetime) -> int:
    with scope.workspace(workspace_id):
        reminded = _take(at, REMIND_AT, "reminded_for")
        for proposal in reminded:
            _remind(proposal, at)
        escalated = _take(at, ESCALATE_AT, "escalated_for")
        for proposal in escalated:
            _escalate(proposal, at)
    return len(reminded) + len(escalated)


def _take(at: datetime, part: int, column: str) -> list[Proposal]:
    """Marked in the transaction that tells: two workers at once tell once. An edit that moves the clock
    begins it anew."""
    whole = ExpressionWrapper(F("approve_by") - F("proposed_at"), output_field=DurationField())
    left = ExpressionWrapper((F("approve_by") - at) * part, output_field=DurationField())
    due = (
        Proposal.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(state=ProposalState.PENDING, approve_by__gt=at)
        .annotate(whole=whole, left=left)
        .filter(left__lte=F("whole"))
        .exclude(**{column: F("approve_by")})
        .order_by("approve_by", "id")
    )
    found: list[Proposal] = list(due[:BATCH])
    for proposal in found:
        Proposal.objects.filter(id=proposal.id).update(**{column: proposal.approve_by})
    return found


def _remind(proposal: Proposal, at: datetime) -> None:
    notices.tell_roles(
        proposal, _roles(proposal), NoticeKind.REMINDER, about=_clock(proposal), at=at
    )
    _note(proposal, "reminded", at)


def _escalate(proposal: Proposal, at: datetime) -> None:
    """To those who can see to it that somebody decides: their rights stay what they are."""
    notices.tell_roles(
        proposal, next_roles(proposal), NoticeKind.ESCALATED, about=_clock(proposal), at=at
    )
    _note(proposal, "escalated", at)


def next_roles(proposal: Proposal) -> set[str]:
    """The role above those of the open stage; the same once more where there is none above."""
    named = _roles(proposal)
    ladder = [str(role) for role in policies.DECIDERS]
    highest = max((ladder.index(role) for role in named if role in ladder), default=-1)
    return {ladder[highest + 1]} if highest + 1 < len(ladder) else named


def _roles(proposal: Proposal) -> set[str]:
    stage = quorum.progress(proposal).stage
    return set(stage.roles if stage is not None else [proposal.role])


def _clock(proposal: Proposal) -> str:
    return proposal.approve_by.isoformat()


def _note(proposal: Proposal, past: str, at: datetime) -> None:
    ledger.append(
        proposal.run_id, f"proposal.{past}", by=people.system("reminders", proposal.workspace_id),
        at=at, proposal=proposal.public_id, version=proposal.version,
    )  # fmt: skip


def told(proposal: Proposal) -> dict[str, Any]:
    """When this proposal's people were reminded, and who was told one role higher: for its page."""
    found = notices.of_proposal(proposal, (NoticeKind.REMINDER, NoticeKind.ESCALATED))
    names = User.objects.filter(
        id__in=[one.user_id for one in found if one.kind == NoticeKind.ESCALATED]
    )
    return {
        "reminded": max((one.at for one in found if one.kind == NoticeKind.REMINDER), default=None),
        "escalated": max(
            (one.at for one in found if one.kind == NoticeKind.ESCALATED), default=None
        ),
        "names": [one.name for one in names.order_by("name")],
    }
