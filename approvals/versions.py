"""Proposals and their versions: finding them, adding to them. A version is never changed."""

import json
from datetime import datetime
from typing import Any

from approvals import contents
from approvals.models import Proposal, ProposalVersion
from runs.errors import NotFound
from runs.models import ApiKey
from runs.people import Actor


def get(public_id: str) -> Proposal:
    """The proposal of the scope's workspace."""
    found = (
        Proposal.objects.filter(public_id=public_id)
        .select_related("run", "run__release", "run__workspace", "step", "decided_by")
        .first()
    )
    if found is None:
        raise NotFound("proposal_not_found", proposal=public_id[:40])
    return found


def of(proposal: Proposal, number: int | None = None) -> ProposalVersion:
    """A version of the proposal; the current one where no number is given."""
    wanted = proposal.version if number is None else number
    found = ProposalVersion.objects.filter(proposal=proposal, version=wanted).first()
    if found is None:
        raise NotFound("version_not_found", proposal=proposal.public_id, version=wanted)
    return found


def authors(proposal: Proposal) -> set[str]:
    """Everybody who proposed what would be sent, or changed it: with four eyes none of them decides. Whoever
    only had the record read again is none. Who made a key is behind what came by it."""
    found, before = set(), None
    for one in ProposalVersion.objects.filter(proposal=proposal).order_by("version"):
        effects = json.loads(one.payload).get("effects") if one.payload else None
        if effects is None or effects != before:
            found.add(one.author)
        before = effects
    keys = [name.removeprefix("key:") for name in found if name.startswith("key:")]
    if not keys:
        return found
    made = ApiKey.objects.filter(id__in=keys, created_by__isnull=False)
    return found | {f"person:{user}" for user in made.values_list("created_by_id", flat=True)}


def add(
    proposal: Proposal,
    payload: str,
    *,
    before: dict[str, Any],
    read_at: datetime | None,
    by: Actor,
    at: datetime,
) -> ProposalVersion:
    """Store version `proposal.version`, with the digest that a decision has to name."""
    return ProposalVersion.objects.create(
        workspace_id=proposal.workspace_id,
        proposal=proposal,
        version=proposal.version,
        payload=payload,
        terms=contents.terms(proposal, proposal.run.release),
        digest=contents.digest(
            proposal,
            proposal.run.release,
            version=proposal.version,
            payload=payload,
            before=before,
        ),
        before=before,
        before_read_at=read_at,
        author=by.id,
        at=at,
    )
