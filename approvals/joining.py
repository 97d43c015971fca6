"""Joining: a later wish for a field that is open already becomes part of the proposal that is open."""

from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction

from approvals import action_types, contents, fields, revisions, versions
from approvals.contents import Change, Content, Effect
from approvals.models import Joining, Proposal
from approvals.models.proposal import ProposalState
from runs import canonical, ledger, releases
from runs.crashpoints import crashpoint
from runs.errors import Conflict
from runs.models import Run, Step
from runs.people import Actor


def earlier(step: Step) -> Proposal | None:
    """The proposal that this very step has joined already."""
    found = Joining.objects.filter(step=step).order_by("at").first()
    return versions.get(found.proposal.public_id) if found else None


def join(
    run: Run, step: Step, content: Content, *, by: Actor, at: datetime,
    before: dict[str, Any], read_at: datetime | None,
) -> Proposal | None:  # fmt: skip
    """Bring the wish to the proposals that hold its fields; None where nobody holds one. A field that
    nobody holds goes with the first."""
    wanted = fields.places(run, content)
    held = fields.holders(wanted)
    if not held:
        return None
    by_proposal: dict[str, set[str]] = {}
    for (_target, field), proposal in sorted(held.items()):
        by_proposal.setdefault(proposal.public_id, set()).add(field)
    first, *others = by_proposal
    by_proposal[first] |= {field for target, field in wanted if (target, field) not in held}
    proposal = _join_one(first, step, content, by_proposal[first], by, at, before, read_at)
    for other in others:
        _join_one(other, None, content, by_proposal[other], by, at, before, read_at)
    ledger.append(
        run.id,
        "proposal.joined",
        by=by,
        at=at,
        proposal=proposal.public_id,
        version=proposal.version,
    )
    crashpoint("join.recorded")
    return proposal


def _join_one(
    public_id: str, step: Step | None, content: Content, wanted: set[str], by: Actor, at: datetime,
    before: dict[str, Any], read_at: datetime | None,
) -> Proposal:  # fmt: skip
    proposal = versions.get(public_id)
    _lock(proposal)
    last = versions.of(proposal)
    old = contents.load(last)
    merged = _merge(proposal, old, content, wanted, whole=step is not None)
    if merged != old:
        known = {name: value for name, value in before.items() if name in wanted}
        revisions.extend(
            proposal, last, merged, before={**known, **last.before} if not read_at else
            {**last.before, **known}, read_at=read_at or last.before_read_at, by=by, at=at,
        )  # fmt: skip
        proposal.refresh_from_db()
        crashpoint("join.extended")
    if step is not None:
        Joining.objects.create(
            workspace_id=proposal.workspace_id, proposal=proposal, step=step,
            version=proposal.version, at=at,
        )  # fmt: skip
    return proposal


def _lock(proposal: Proposal) -> None:
    """Our run is locked already, a decision locks its proposal first: whoever waited here would wait for
    somebody who waits for us. So nobody waits; the wish is told to ask again."""
    try:
        with transaction.atomic():
            row = Proposal.objects.select_for_update(nowait=True, of=("self",)).get(id=proposal.id)
    except OperationalError as error:
        raise Conflict("being_decided", proposal=proposal.public_id) from error
    if row.state != ProposalState.PENDING:
        raise Conflict("being_decided", proposal=proposal.public_id)
    proposal.refresh_from_db()


def _merge(
    proposal: Proposal, old: Content, later: Content, wanted: set[str], *, whole: bool
) -> Content:
    changes = {change.field: change for change in old.changes}
    for change in later.changes:
        if change.field in wanted:
            changes[change.field] = _newer(changes.get(change.field), change)
    effects = _merge_effects(proposal, old, later, wanted, whole=whole)
    reasons = [one for one in dict.fromkeys([old.reason, later.reason]) if one]
    return old.model_copy(
        update={
            "changes": tuple(changes.values()),
            "effects": effects,
            "title": later.title if set(changes) == {c.field for c in later.changes} else old.title,
            "reason": " ".join(reasons) if whole else old.reason,
        }
    )


def _newer(mine: Change | None, later: Change) -> Change:
    """The same value gains the later words; another value comes with its own words only."""
    if mine is None:
        return later
    if canonical.dumps(mine.after) != canonical.dumps(later.after):
        return later.model_copy(update={"before": mine.before})
    both = tuple(dict.fromkeys([*mine.evidence, *later.evidence]))
    return mine.model_copy(update={"evidence": both})


def _merge_effects(
    proposal: Proposal, old: Content, later: Content, wanted: set[str], *, whole: bool
) -> tuple[Effect, ...]:
    frozen = releases.content_of(proposal.run.release)
    new = {effect.action: effect for effect in later.effects}
    merged = []
    for effect in old.effects:
        action = releases.action_of(frozen, effect.action)
        found = new.pop(effect.action, None)
        if found is None or action is None:
            merged.append(effect)
            continue
        joined = action_types.get(action.type).joined(effect.arguments, found.arguments, wanted)
        merged.append(effect.model_copy(update={"arguments": joined}))
    return (*merged, *(new.values() if whole else ()))
