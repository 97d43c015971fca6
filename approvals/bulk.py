"""Bulk: one click for several like proposals of low risk. Each is decided by itself and says how it ended.

It unlocks when a sample of them was opened, and what is unlike the others is not of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from approvals import contents, decisions, judging, outliers, samples, versions
from approvals.contents import Content
from approvals.models import Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from approvals.outliers import Outlier
from runs.errors import Conflict, Invalid, Refused
from runs.people import Actor

MOST = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as it stood on the screen."""

    proposal: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Result:
    """`refusal` is None where it was approved."""

    proposal: str
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class Together:
    """What can be approved in one go: members as they stand, and who was left out as unlike them, and why."""

    members: dict[str, tuple[Proposal, ProposalVersion]]
    outliers: dict[str, Outlier]
    drawn: samples.Drawn | None = None


def like(proposal: Proposal, *, at: datetime) -> Together:
    """This one and the open ones like it, where all of them are of low risk. Draws no sample."""
    if proposal.risk != "low":
        return Together({}, {})
    query = Proposal.objects.filter(
        state=ProposalState.PENDING, risk="low", action=proposal.action, approve_by__gt=at
    ).select_related("customer", "run", "run__release")
    open_ = {one.id: one for one in query.order_by("approve_by", "id")[:MOST]}
    shown = {
        version.proposal_id: version
        for version in ProposalVersion.objects.filter(proposal__in=open_)
        if open_[version.proposal_id].version == version.version
    }
    wanted = likeness(proposal)
    loaded = {
        one.public_id: (one, shown[one.id], contents.load(shown[one.id]))
        for one in open_.values()
        if one.id in shown
    }
    alike = {key: row for key, row in loaded.items() if likeness_of(row[2]) == wanted}
    out = outliers.find({key: content for key, (_p, _v, content) in alike.items()})
    members = {key: row[:2] for key, row in alike.items() if key not in out}
    return Together(members, out)


def offer(proposal: Proposal, *, by: Actor, at: datetime) -> Together:
    """The same with the sample that this person has to open first; it is drawn once and stays."""
    found = like(proposal, at=at)
    if proposal.public_id not in found.members or len(found.members) < 2:
        return Together({}, found.outliers)
    members = {key: one for key, (one, _version) in found.members.items()}
    drawn = samples.draw(likeness(proposal), members, by=by, at=at)
    return Together(found.members, found.outliers, drawn)


def approve_all(shown: Sequence[Shown], *, by: Actor, at: datetime) -> list[Result]:
    """Approve each for its own digest. Raise Invalid where they are not alike (same action, same fields),
    Conflict where the sample of them was not opened."""
    if not 1 <= len(shown) <= MOST:
        raise Invalid("bad_number_of_items", limit=MOST)
    if len({one.proposal for one in shown}) < len(shown):
        raise Invalid("named_twice")
    found = [versions.get(one.proposal) for one in shown]
    if len({likeness(one) for one in found}) > 1:
        raise Invalid("not_alike")
    # What is never approved together says so by itself, whatever was opened.
    fit = [one for one in found if one.risk == "low" and not judging.is_draft(one)]
    unlike: dict[str, Outlier] = {}
    if fit:
        named = {one.public_id for one in fit}
        bundle = samples.check(likeness(fit[0]), named, by=by, at=at)
        unlike = like(fit[0], at=at).outliers
        samples.done(bundle, at)
    return [_approve(one, unlike, by=by, at=at) for one in shown]


def likeness(proposal: Proposal) -> tuple[str, ...]:
    """What has to be the same: the actions in their order and the set of fields."""
    return likeness_of(contents.load(versions.of(proposal)))


def likeness_of(content: Content) -> tuple[str, ...]:
    actions = [effect.action for effect in content.effects]
    return (*actions, "", *sorted(change.field for change in content.changes))


def _approve(one: Shown, unlike: dict[str, Outlier], *, by: Actor, at: datetime) -> Result:
    try:
        with transaction.atomic():
            proposal = versions.get(one.proposal)
            if proposal.risk != "low":
                raise Conflict("not_low_risk", proposal=one.proposal, risk=proposal.risk)
            if judging.is_draft(proposal):
                raise Conflict("draft_alone", proposal=one.proposal)
            if one.proposal in unlike:
                raise Conflict("unlike_the_others", field=unlike[one.proposal].field)
            decisions.approve(proposal, version=one.version, digest=one.digest, by=by, at=at)
    except Refused as refusal:
        return Result(one.proposal, refusal)
    return Result(one.proposal, None)
