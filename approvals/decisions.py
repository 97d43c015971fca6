"""Decisions of people: approve, reject, undo, hold, release. Each is one transaction, won by one conditional
UPDATE; whoever comes second is told who was first.

Locks are taken in one order everywhere: proposal, entries, steps, run, audit head.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from approvals import checkpoints, contents, doorbell, judging, outbox, versions
from approvals.crashpoints import crashpoint
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion
from approvals.models.approval import Decision
from approvals.models.proposal import ProposalState
from runs import audit, ledger
from runs.access import Permission, require
from runs.errors import Conflict, Invalid, NotAllowed
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor

REASONS = ("wrong_value", "no_evidence", "wrong_person", "not_wanted", "other")
MAX_NOTE = 500


def approve(
    proposal: Proposal | str, *, version: int, digest: bytes | str, by: Actor, at: datetime
) -> Approval:
    """Allow exactly what was shown. Approval, outbox rows, ledger lines and audit entry stand together
    or not at all; what follows needs nobody but the worker."""
    proposal = _fetch(proposal)
    may_decide(proposal, by)
    shown = _shown(proposal, version, digest)
    if not judging.is_current(proposal, contents.load(shown)):
        raise Conflict("policy_changed", proposal=proposal.public_id)
    with transaction.atomic():
        _decide(proposal, ProposalState.APPROVED, version, by=by, at=at)
        crashpoint("approve.decided")
        approval = _record(proposal, shown, Decision.APPROVE, by=by, at=at)
        result = {"approval": str(approval.id), "by": by.name, "decision": "approve"}
        step, lines = checkpoints.answer(proposal, StepState.DONE, result, at=at)
        entries = _release_effects(proposal, shown, approval, at=at)
        crashpoint("approve.enqueued")
        lines += [_line(proposal, "approved", approval=str(approval.id))]
        lines += [outbox.line(entry, "queued", key=str(entry.id)) for entry in entries]
        ledger.append_many(lines, by=by, at=at)
        for entry in entries:
            checkpoints.effect(entry, step, by=by, at=at)
        crashpoint("approve.recorded")
        _audit("approved", proposal, by=by, at=at, digest=bytes(shown.digest).hex())
        crashpoint("approve.audited")
        doorbell.kick()
    return approval


def reject(
    proposal: Proposal | str,
    *,
    version: int,
    digest: bytes | str,
    reason_code: str,
    by: Actor,
    at: datetime,
    note: str = "",
) -> Approval:
    """Refuse what was shown, with a reason; a high risk needs a note."""
    proposal = _fetch(proposal)
    require(by, Permission.DECIDE_PROPOSAL)
    _check_reason(proposal, reason_code, note)
    shown = _shown(proposal, version, digest)
    with transaction.atomic():
        _decide(proposal, ProposalState.REJECTED, version, by=by, at=at)
        approval = _record(
            proposal, shown, Decision.REJECT, by=by, at=at, reason_code=reason_code, note=note
        )
        result = {"approval": str(approval.id), "by": by.name, "decision": "reject"}
        _step, lines = checkpoints.answer(proposal, StepState.DENIED, result, at=at)
        lines += checkpoints.close(checkpoints.wish(proposal), StepState.DENIED, result, at=at)
        lines += [_line(proposal, "rejected", approval=str(approval.id), code=reason_code)]
        ledger.append_many(lines, by=by, at=at)
        _audit("rejected", proposal, by=by, at=at, code=reason_code)
        crashpoint("reject.recorded")
    return approval


def undo(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    """Take an approval back while nothing has been sent: the same version waits again."""
    proposal = _fetch(proposal)
    require(by, Permission.DECIDE_PROPOSAL)
    with transaction.atomic():
        changed = Proposal.objects.filter(id=proposal.id, state=ProposalState.APPROVED).update(
            state=ProposalState.PENDING, decided_at=None, decided_by=None
        )
        proposal.refresh_from_db()
        approval = live_approval(proposal)
        if not changed or approval is None:
            raise Conflict("nothing_to_undo", state=proposal.state)
        entries = outbox.take_back(approval, at=at)
        crashpoint("undo.taken_back")
        Approval.objects.filter(id=approval.id).update(undone_at=at)
        found = checkpoints.effects_of(entries)
        lines = checkpoints.close(found, StepState.FAILED, {"code": "undone"}, at=at)
        lines += [_line(proposal, "undone", approval=str(approval.id))]
        lines += [outbox.line(entry, "cancelled", code="undone") for entry in entries]
        checkpoints.ask(proposal, by=by, at=at)
        ledger.append_many(lines, by=by, at=at)
        _audit("undone", proposal, by=by, at=at)
        crashpoint("undo.recorded")
    return proposal


def hold(proposal: Proposal | str, *, by: Actor, at: datetime) -> list[OutboxEntry]:
    """Stop the clock of an approved proposal until it is released, or until its execute-by."""
    return _hold(proposal, True, by=by, at=at)


def release(proposal: Proposal | str, *, by: Actor, at: datetime) -> list[OutboxEntry]:
    """Let the clock run again, from its start: undo stays possible for the hold's full length."""
    return _hold(proposal, False, by=by, at=at)


def _hold(proposal: Proposal | str, held: bool, *, by: Actor, at: datetime) -> list[OutboxEntry]:
    proposal = _fetch(proposal)
    require(by, Permission.DECIDE_PROPOSAL)
    approval = live_approval(proposal)
    if approval is None or proposal.state != ProposalState.APPROVED:
        raise Conflict("not_approved", state=proposal.state)
    with transaction.atomic():
        entries = outbox.set_held(approval, held, at=at)
        verb = "held" if held else "released"
        ledger.append_many([outbox.line(entry, verb) for entry in entries], by=by, at=at)
        _audit(verb, proposal, by=by, at=at)
        crashpoint("hold.recorded")
        if not held:
            doorbell.kick()
    return entries


def live_approval(proposal: Proposal) -> Approval | None:
    """The approval that stands, if any."""
    return (
        Approval.objects.filter(
            proposal=proposal, decision=Decision.APPROVE, undone_at__isnull=True
        )
        .order_by("-at")
        .first()
    )


def may_decide(proposal: Proposal, by: Actor) -> None:
    """Raise NotAllowed unless this person's role decides here and four eyes stay four."""
    require(by, Permission.DECIDE_PROPOSAL)
    if proposal.role not in by.roles:
        raise NotAllowed("needs_role", roles=[proposal.role])
    if proposal.risk == "high" and by.id in versions.authors(proposal):
        raise NotAllowed("four_eyes", proposal=proposal.public_id)


def _fetch(proposal: Proposal | str) -> Proposal:
    """Always read anew: what a caller holds may be older than the page of somebody else."""
    return versions.get(proposal if isinstance(proposal, str) else proposal.public_id)


def _shown(proposal: Proposal, version: int, digest: bytes | str) -> ProposalVersion:
    """The version that was on the screen, if that is still what is to be decided."""
    if proposal.state != ProposalState.PENDING:
        raise already_decided(proposal)
    shown = versions.of(proposal, version if version == proposal.version else None)
    same = version == proposal.version and contents.same_digest(shown, digest)
    if not same or not contents.is_intact(proposal, proposal.run.release, shown):
        raise Conflict("changed_since_shown", version=proposal.version)
    return shown


def _decide(
    proposal: Proposal, state: ProposalState, version: int, *, by: Actor, at: datetime
) -> None:
    # The race is decided here: one row, one winner, whatever was read before.
    won = Proposal.objects.filter(
        id=proposal.id, state=ProposalState.PENDING, version=version, approve_by__gt=at
    ).update(state=state, decided_at=at, decided_by=by.user_id)
    proposal.refresh_from_db()
    if won:
        return
    if proposal.state != ProposalState.PENDING:
        raise already_decided(proposal)
    if proposal.version != version:
        raise Conflict("changed_since_shown", version=proposal.version)
    raise Conflict("expired", at=proposal.approve_by)


def already_decided(proposal: Proposal) -> Conflict:
    name = proposal.decided_by.name if proposal.decided_by else ""
    return Conflict("already_decided", by=name, at=proposal.decided_at, state=proposal.state)


def _release_effects(
    proposal: Proposal, shown: ProposalVersion, approval: Approval, *, at: datetime
) -> list[OutboxEntry]:
    """One row per effect; what an earlier approval of the same wish has sent already is not sent again."""
    effects = contents.load(shown).effects
    hold = outbox.hold_time(proposal.run, *(effect.action for effect in effects))
    found = [
        outbox.enqueue(
            proposal.run,
            effect=effect,
            step=proposal.step,
            before=shown.before,
            proposal=proposal,
            approval=approval,
            execute_by=proposal.execute_by,
            hold=hold,
            at=at,
        )
        for effect in effects
    ]
    return [entry for entry, fresh in found if fresh]


def _record(
    proposal: Proposal, shown: ProposalVersion, decision: Decision, *, by: Actor, at: datetime,
    reason_code: str = "", note: str = "",
) -> Approval:  # fmt: skip
    return Approval.objects.create(
        workspace_id=proposal.workspace_id, proposal=proposal, version=shown.version,
        digest=shown.digest, decision=decision, reason_code=reason_code, note=note,
        user_id=by.user_id, user_name=by.name, role=proposal.role, at=at, request_id=by.request_id,
    )  # fmt: skip


def _check_reason(proposal: Proposal, reason_code: str, note: str) -> None:
    if reason_code not in REASONS:
        raise Invalid("reason_required", reasons=list(REASONS))
    if len(note) > MAX_NOTE or "\0" in note:
        raise Invalid("note_too_long", limit=MAX_NOTE)
    if not note.strip() and (proposal.risk == "high" or reason_code == "other"):
        raise Invalid("note_required", risk=proposal.risk)


def _line(proposal: Proposal, past: str, **body: Any) -> Line:
    known = {"proposal": proposal.public_id, "version": proposal.version}
    return Line(proposal.run_id, f"proposal.{past}", {**known, **body})


def _audit(past: str, proposal: Proposal, *, by: Actor, at: datetime, **details: Any) -> None:
    audit.record(
        f"proposal.{past}", proposal.public_id, by=by, at=at, version=proposal.version, **details
    )
