"""Samples: several proposals can be approved in one click only after some of them, chosen by us, were opened.

The choice is stored: loading the page again draws no other one, and who opened which is known.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from approvals.models import Bundle, Proposal, Sample
from approvals.models.proposal import ProposalState
from runs import access, canonical
from runs.errors import Conflict
from runs.people import Actor

# What was opened longer ago is no look at what is approved now.
LASTS = timedelta(hours=8)


def needed(count: int) -> int:
    """Two of up to twenty, and one more for each ten that come on top."""
    return min(count, 2 + max(0, -(-(count - 20) // 10)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The sample of a bundle: which have to be opened, and which of them were."""

    chosen: tuple[str, ...]
    opened: frozenset[str]

    @property
    def left(self) -> tuple[str, ...]:
        return tuple(one for one in self.chosen if one not in self.opened)


def draw(
    likeness: Sequence[str], members: Mapping[str, Proposal], *, by: Actor, at: datetime
) -> Drawn:
    """The sample for this person and these members; what joins a bundle that is open can make it larger."""
    bundle = _bundle(likeness, by, at)
    versions = {key: one.version for key, one in members.items()}
    Bundle.objects.filter(id=bundle.id).update(members={**bundle.members, **versions})
    drawn = _drawn(bundle)
    open_ = {key for key in members if key not in drawn.chosen}
    more = needed(len(members)) - len(drawn.chosen)
    picked = secrets.SystemRandom().sample(sorted(open_), max(0, min(more, len(open_))))
    Sample.objects.bulk_create(
        Sample(workspace_id=by.workspace_id, bundle=bundle, proposal=members[key]) for key in picked
    )
    return _drawn(bundle) if picked else drawn


def opened(proposal: Proposal, *, by: Actor, at: datetime) -> None:
    """This person has the proposal on the screen, in its current version."""
    if by.user_id is None:
        return
    Sample.objects.filter(
        proposal=proposal, bundle__user_id=by.user_id, bundle__done_at=None
    ).exclude(opened_version=proposal.version).update(opened_version=proposal.version, opened_at=at)


def check(likeness: Sequence[str], named: Collection[str], *, by: Actor, at: datetime) -> Bundle:
    """Raise Conflict unless each of these was offered to this person, and the sample was opened as it is now."""
    bundle = (
        Bundle.objects.select_for_update(no_key=True)
        .filter(user_id=access.person_of(by), likeness=canonical.digest(list(likeness)))
        .filter(done_at=None, at__gt=at - LASTS)
        .first()
    )
    if bundle is None or not set(named) <= bundle.members.keys():
        raise Conflict("sample_not_opened", left=needed(len(named)))
    drawn = _drawn(bundle)
    left = max(len(drawn.left), needed(len(named)) - len(drawn.opened))
    if left > 0:
        raise Conflict("sample_not_opened", left=left)
    return bundle


def done(bundle: Bundle, at: datetime) -> None:
    """Approved: what comes like it afterwards begins with a sample of its own."""
    Bundle.objects.filter(id=bundle.id).update(done_at=at)


def _bundle(likeness: Sequence[str], by: Actor, at: datetime) -> Bundle:
    person, digest = access.person_of(by), canonical.digest(list(likeness))
    open_ = Bundle.objects.filter(user_id=person, likeness=digest, done_at=None)
    open_.filter(at__lte=at - LASTS).update(done_at=at)
    # Two tabs at once: the unique key lets one make it.
    bundle, _made = Bundle.objects.get_or_create(
        workspace_id=by.workspace_id, user_id=person, likeness=digest, done_at=None,
        defaults={"at": at},
    )  # fmt: skip
    return Bundle.objects.select_for_update(no_key=True).get(id=bundle.id)


def _drawn(bundle: Bundle) -> Drawn:
    """One that was edited since it was opened has to be opened again. One that others decided about before
    it was opened is no look at anything: another takes its place."""
    chosen, seen = [], set()
    for one in Sample.objects.filter(bundle=bundle).select_related("proposal").order_by("id"):
        pending = one.proposal.state == ProposalState.PENDING
        if one.opened_version is None and not pending:
            continue
        chosen.append(one.proposal.public_id)
        if one.opened_version == one.proposal.version or not pending:
            seen.add(one.proposal.public_id)
    return Drawn(tuple(chosen), frozenset(seen))
