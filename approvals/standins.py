"""Stand-ins: who is away, and to whom goes what waits for them meanwhile. It gives no right to anybody."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from approvals.models import Away, Notice, Proposal
from approvals.models.attention import NoticeKind
from approvals.models.proposal import ProposalState
from approvals.quorum import stages_of
from runs import access, audit
from runs.access import Permission
from runs.errors import Invalid
from runs.models import Membership
from runs.people import Actor

# Whoever is away for longer needs another holder of the role, not a stand-in.
LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Absence:
    """Who is away until when, and who stands in."""

    name: str
    delegate_id: uuid.UUID
    delegate: str
    until: datetime


def go_away(*, until: datetime, to: uuid.UUID, by: Actor, at: datetime) -> Away:
    """From now until then what waits for this person goes to `to`; what waits already goes at once.

    Raise Invalid where that person does not work here, could not decide, or is away as well.
    """
    person = access.person_of(by)
    if not at < until <= at + LONGEST:
        raise Invalid("bad_absence", limit=LONGEST.days)
    if to == person or not can_stand_in([to], by.workspace_id):
        raise Invalid("cannot_stand_in")
    if of([to], at):
        raise Invalid("stand_in_away")
    _end(person, at)
    away = Away.objects.create(
        workspace_id=by.workspace_id, user_id=person, delegate_id=to, at=at, until=until
    )
    _hand_over(away, at)
    audit.record("person.away", by.id, by=by, at=at, delegate=str(to), until=until)
    return away


def come_back(*, by: Actor, at: datetime) -> bool:
    """Before the time or after it; False where one was not away."""
    ended = _end(access.person_of(by), at)
    if ended:
        audit.record("person.back", by.id, by=by, at=at)
    return ended


def _end(person: uuid.UUID, at: datetime) -> bool:
    return bool(Away.objects.filter(user_id=person, ended_at=None).update(ended_at=at))


def of(people: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, Absence]:
    """Those of them who are away at this moment."""
    rows = Away.objects.filter(user_id__in=list(people), ended_at=None, at__lte=at, until__gt=at)
    return {
        one.user_id: Absence(one.user.name, one.delegate_id, one.delegate.name, one.until)
        for one in rows.select_related("user", "delegate").order_by("user__name")
    }


def can_stand_in(people: Collection[uuid.UUID], workspace_id: uuid.UUID) -> set[uuid.UUID]:
    """Those who work here and hold a role that decides."""
    roles = access.holders(Permission.DECIDE_PROPOSAL)
    return _members(people, workspace_id, roles)


def candidates(by: Actor) -> list[tuple[uuid.UUID, str]]:
    """(person, name) of everybody who could stand in for this one."""
    found = access.people_with(Permission.DECIDE_PROPOSAL, by.workspace_id)
    return [one for one in found if one[0] != by.user_id]


def extended(people: Collection[uuid.UUID], proposal: Proposal, at: datetime) -> set[uuid.UUID]:
    """These people, and for who of them is away the one who stands in, if that one's role counts here."""
    absent = of(people, at)
    suited = suit(proposal, {one.delegate_id for one in absent.values()})
    return {*people, *(one.delegate_id for one in absent.values() if one.delegate_id in suited)}


def suit(proposal: Proposal, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those whose role decides about this proposal: the general one, or one that its stages name."""
    return _members(people, proposal.workspace_id, _deciding(proposal))


def _deciding(proposal: Proposal) -> set[str]:
    named = {role for stage in stages_of(proposal) for role in stage.roles}
    return {*access.holders(Permission.DECIDE_PROPOSAL), *named}


def _members(
    people: Collection[uuid.UUID], workspace_id: uuid.UUID, roles: Collection[str]
) -> set[uuid.UUID]:
    found = Membership.objects.filter(
        workspace_id=workspace_id, user_id__in=list(people), user__is_active=True,
        roles__overlap=sorted(roles),
    )  # fmt: skip
    return set(found.values_list("user_id", flat=True))


def _hand_over(away: Away, at: datetime) -> None:
    """What waits for them now: open reviews and unread notices about what is still to be decided."""
    pending = Proposal.objects.filter(state=ProposalState.PENDING, approve_by__gt=at)
    reviewed = Q(claimed_by=away.user_id, claimed_until__gt=at)
    told = Notice.objects.filter(user_id=away.user_id, read_at=None).exclude(proposal=None)
    waiting = list(pending.filter(reviewed | Q(id__in=told.values("proposal_id"))))
    suited = [one for one in waiting if suit(one, {away.delegate_id})]
    Notice.objects.bulk_create(
        [
            Notice(
                workspace_id=away.workspace_id, proposal=one, user_id=away.delegate_id,
                kind=NoticeKind.DELEGATED, about=str(away.id), at=at,
            )
            for one in suited
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    pending.filter(reviewed, id__in=[one.id for one in suited]).update(claimed_by=away.delegate_id)


def standing_in(proposal: Proposal, at: datetime) -> Mapping[uuid.UUID, Absence]:
    """Who of the people that may decide about this is away: said where it is reviewed."""
    people = Membership.objects.filter(
        workspace_id=proposal.workspace_id, roles__overlap=sorted(_deciding(proposal))
    ).values_list("user_id", flat=True)
    absent = of(list(people), at)
    suited = suit(proposal, {one.delegate_id for one in absent.values()})
    return {person: one for person, one in absent.items() if one.delegate_id in suited}
