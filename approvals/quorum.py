"""Quorum: how many different people have said yes to the version that stands, and who is still needed.

Stages come one after the other; one person counts once, whatever roles they hold.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from approvals import versions
from approvals.models import Approval, Proposal
from approvals.models.approval import Decision
from approvals.models.proposal import ProposalState
from runs import satisfiable
from runs.access import Permission, can, require, require_person
from runs.errors import Conflict, NotAllowed
from runs.models import Membership
from runs.people import Actor
from runs.policies import Stage


@dataclass(frozen=True, slots=True)
class Progress:
    """`given` are the yeses that stand; `place` and `stage` are what is open, None when nothing is."""

    given: tuple[Approval, ...]
    needed: int
    place: int
    stage: Stage | None
    left: int

    @property
    def done(self) -> bool:
        return self.stage is None


def plain(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """As a column holds it."""
    return [stage.model_dump(mode="json") for stage in stages]


def stages_of(proposal: Proposal) -> tuple[Stage, ...]:
    """What was frozen with it. One that was made before there were stages has its role."""
    if not proposal.stages:
        return (Stage(roles=(proposal.role,)),)
    return tuple(Stage.model_validate(one) for one in proposal.stages)


def four_eyes(proposal: Proposal) -> bool:
    return proposal.risk == "high" if proposal.four_eyes is None else proposal.four_eyes


def standing(proposal: Proposal) -> list[Approval]:
    """The yeses to the current version that nobody took back. An edit makes a new version: none stands."""
    return list(
        Approval.objects.filter(
            proposal=proposal, version=proposal.version, decision=Decision.APPROVE,
            undone_at__isnull=True,
        ).order_by("at", "id")
    )  # fmt: skip


def decider(proposal: Proposal) -> str:
    """Who decided about it; the name outlives the person."""
    if proposal.decided_by is not None:
        return proposal.decided_by.name
    last = Approval.objects.filter(proposal=proposal, undone_at__isnull=True, final=True)
    return last.order_by("-at").values_list("user_name", flat=True).first() or ""


def progress(proposal: Proposal) -> Progress:
    """Whoever is about to add to it holds the proposal's row."""
    given = standing(proposal)
    stages = stages_of(proposal)
    counted = Counter(one.stage for one in given)
    needed = sum(stage.people for stage in stages)
    for place, stage in enumerate(stages):
        if counted[place] < stage.people:
            return Progress(tuple(given), needed, place, stage, stage.people - counted[place])
    return Progress(tuple(given), needed, len(stages), None, 0)


def may_decide(proposal: Proposal, by: Actor) -> Progress:
    """Raise unless this person's yes counts now: a role of the open stage, not a second time, and with
    four eyes nobody who has written any version of it."""
    require(by, Permission.SEE_PROPOSALS)
    require_person(by)
    found = progress(proposal)
    stage = found.stage or stages_of(proposal)[-1]
    if not set(stage.roles) & by.roles:
        raise NotAllowed("needs_role", roles=list(stage.roles))
    if four_eyes(proposal) and by.id in versions.authors(proposal):
        raise NotAllowed("four_eyes", proposal=proposal.public_id)
    waits = proposal.state == ProposalState.PENDING and not found.done
    if waits and any(one.user_id == by.user_id for one in found.given):
        raise Conflict("counted_already", given=len(found.given), needed=found.needed)
    return found


def can_be_filled(proposal: Proposal, *, without: str = "") -> bool:
    """Whether enough people work here who may say yes: with four eyes none of its authors, nor `without`."""
    if not four_eyes(proposal):
        return True
    out = {*versions.authors(proposal), without}
    members = Membership.objects.filter(
        workspace_id=proposal.workspace_id, user__is_active=True
    ).values_list("user_id", "roles")
    people = [frozenset(roles) for user_id, roles in members if f"person:{user_id}" not in out]
    return satisfiable.enough(stages_of(proposal), people, four_eyes=False)


def require_decider(proposal: Proposal, by: Actor) -> None:
    """Raise NotAllowed unless the person may decide in general, or one of this proposal's stages names a
    role of theirs. Saying no is open to them all."""
    named = {role for stage in stages_of(proposal) for role in stage.roles}
    if named & by.roles and can(by, Permission.SEE_PROPOSALS):
        return
    require(by, Permission.DECIDE_PROPOSAL)


def role_of(stage: Stage, by: Actor) -> str:
    """The role in which a person's yes counts."""
    return next(role for role in stage.roles if role in by.roles)
