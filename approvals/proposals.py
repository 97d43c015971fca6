"""Proposals: wishes that wait for a person. Made, edited, withdrawn; decided by `approvals.decisions`."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from approvals import (
    checkpoints,
    contents,
    disclosure,
    fields,
    joining,
    judging,
    notices,
    policy,
    quorum,
    targets,
    versions,
)
from approvals.attention import snooze
from approvals.contents import Change, Content, Effect
from approvals.decisions import approve, reject, undo
from approvals.editing import edit_and_approve
from approvals.expiry import expire_due
from approvals.holds import hold, release
from approvals.judging import contradictions_of, judge
from approvals.models import Proposal
from approvals.models.attention import NoticeKind
from approvals.models.proposal import ProposalState
from approvals.revisions import edit, refresh
from approvals.superseding import supersede
from approvals.verbs import verbs_for
from approvals.versions import get
from approvals.versions import of as version_of
from approvals.votes import retract
from runs import audit, ledger
from runs.access import Permission, require
from runs.crashpoints import crashpoint
from runs.errors import Conflict
from runs.ledger import Line
from runs.models import Run, Step
from runs.models.step import StepState
from runs.people import Actor

__all__ = [
    "Change", "Content", "Effect", "approve", "contradictions_of", "edit", "edit_and_approve", "expire_due", "get", "hold",
    "judge", "propose", "refresh", "reject", "release", "retract", "snooze", "supersede", "undo", "verbs_for", "version_of", "withdraw",
]  # fmt: skip


def propose(
    run: Run,
    *,
    step: Step,
    content: Content,
    by: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    before_read_at: datetime | None = None,
    verdict: policy.Verdict | None = None,
) -> Proposal:
    """Make a proposal of the step. Reads no other system: `before` is what the caller has read, and when.

    Asked again for the same step with the same content, it answers with the open proposal. Where another
    open proposal holds a field of it, the wish joins that one and this answers with it.
    """
    content = disclosure.completed(run, content, before or {})
    disclosure.check(run, content)
    payload = contents.dump(content)
    again = _again(step, payload)
    if again is not None:
        return again
    verdict = verdict or judge(run, content)
    if by.kind in ("person", "key"):
        targets.check(run, content)
    known: dict[str, Any] = {"before": before or {}, "read_at": before_read_at, "by": by, "at": at}
    joined = joining.join(run, step, content, **known)
    if joined is not None:
        return joined
    proposal = _make(run, step, content, verdict, at)
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
            fields.take(proposal, content)
    except Conflict:
        # Two calls wished for one field at the same moment: the other was first.
        joined = joining.join(run, step, content, **known)
        if joined is None:
            raise
        return joined
    except IntegrityError as error:
        if "one_open_per_step" not in str(error):
            raise
        return _open_one(step, payload)
    _supersede(proposal, content, by=by, at=at)
    versions.add(proposal, payload, **known)
    notices.tell_deciders(proposal, NoticeKind.WAITING, about="made", at=at)
    crashpoint("propose.versioned")
    checkpoints.ask(proposal, by=by, at=at)
    ledger.append(
        run.id, "proposal.made", by=by, at=at, proposal=proposal.public_id, version=1,
        risk=proposal.risk, rule=proposal.rule,
    )  # fmt: skip
    return proposal


def _make(
    run: Run, step: Step, content: Content, verdict: policy.Verdict, at: datetime
) -> Proposal:
    if not verdict.needs_person:
        # The rule would let it pass; who asks wants a person nevertheless.
        verdict = policy.ask(judging.rules_of(run), verdict, "proposed")
    return Proposal(
        workspace_id=run.workspace_id,
        run=run,
        step=step,
        customer_id=run.customer_id,
        action=content.effects[0].action,
        risk=verdict.risk,
        rule=verdict.rule,
        role=verdict.role,
        stages=quorum.plain(verdict.stages),
        four_eyes=verdict.four_eyes,
        proposed_at=at,
        approve_by=at + timedelta(minutes=verdict.approve_by_minutes),
        execute_by=at + timedelta(minutes=verdict.execute_by_minutes),
    )


def _again(step: Step, payload: str) -> Proposal | None:
    joined = joining.earlier(step)
    if joined is not None:
        return joined
    mine = Proposal.objects.filter(step=step, state=ProposalState.PENDING).exists()
    return _open_one(step, payload) if mine else None


def _supersede(proposal: Proposal, content: Content, *, by: Actor, at: datetime) -> None:
    """What went back to people after a conflict and is wished for anew is over."""
    for stuck in fields.overlapping_conflicts(proposal.run, content):
        supersede(stuck, ProposalState.CONFLICT, by=by, at=at)


def _open_one(step: Step, payload: str) -> Proposal:
    found = Proposal.objects.get(step=step, state=ProposalState.PENDING)
    if versions.of(found).payload != payload:
        raise Conflict("open_proposal", proposal=found.public_id)
    return found


def withdraw(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    """Take an open wish back, as its proposer."""
    proposal = versions.get(proposal if isinstance(proposal, str) else proposal.public_id)
    if by.kind == "person":
        require(by, Permission.DECIDE_PROPOSAL)
    changed = Proposal.objects.filter(id=proposal.id, state=ProposalState.PENDING).update(
        state=ProposalState.WITHDRAWN, decided_at=at, decided_by=by.user_id
    )
    proposal.refresh_from_db()
    if not changed:
        raise Conflict("already_decided", state=proposal.state, at=proposal.decided_at)
    result = {"code": "withdrawn"}
    _step, lines = checkpoints.answer(proposal, StepState.DENIED, result, at=at)
    lines += checkpoints.close(checkpoints.wish(proposal), StepState.DENIED, result, at=at)
    ledger.append_many([*lines, _line(proposal, "withdrawn")], by=by, at=at)
    audit.record("proposal.withdrawn", proposal.public_id, by=by, at=at, version=proposal.version)
    crashpoint("withdraw.recorded")
    return proposal


def _line(proposal: Proposal, past: str) -> Line:
    body = {"proposal": proposal.public_id, "version": proposal.version}
    return Line(proposal.run_id, f"proposal.{past}", body)
