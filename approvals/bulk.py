"""Bulk: one click for several like proposals of low risk. Each is decided by itself and says how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from approvals import contents, decisions, judging, versions
from approvals.contents import Content
from approvals.models import Proposal
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


def approve_all(shown: Sequence[Shown], *, by: Actor, at: datetime) -> list[Result]:
    """Approve each for its own digest. Raise Invalid where they are not alike: same action, same fields."""
    if not 1 <= len(shown) <= MOST:
        raise Invalid("bad_number_of_items", limit=MOST)
    if len({one.proposal for one in shown}) < len(shown):
        raise Invalid("named_twice")
    found = [versions.get(one.proposal) for one in shown]
    if len({likeness(one) for one in found}) > 1:
        raise Invalid("not_alike")
    return [_approve(one, by=by, at=at) for one in shown]


def likeness(proposal: Proposal) -> tuple[str, ...]:
    """What has to be the same: the actions in their order and the set of fields."""
    return likeness_of(contents.load(versions.of(proposal)))


def likeness_of(content: Content) -> tuple[str, ...]:
    actions = [effect.action for effect in content.effects]
    return (*actions, "", *sorted(change.field for change in content.changes))


def _approve(one: Shown, *, by: Actor, at: datetime) -> Result:
    try:
        with transaction.atomic():
            proposal = versions.get(one.proposal)
            if proposal.risk != "low":
                raise Conflict("not_low_risk", proposal=one.proposal, risk=proposal.risk)
            if judging.is_draft(proposal):
                raise Conflict("draft_alone", proposal=one.proposal)
            decisions.approve(proposal, version=one.version, digest=one.digest, by=by, at=at)
    except Refused as refusal:
        return Result(one.proposal, refusal)
    return Result(one.proposal, None)
