"""Decisions of people: approve, reject, undo, hold, release. Each is one transaction, won by one conditional
UPDATE; whoever comes second is told who was first.

Locks are taken in one order everywhere: proposal, entries, steps, run, audit head.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from approvals import (
    checkpoints,
    contents,
    disclosure,
    doorbell,
    fields,
    judging,
    notices,
    outbox,
    quorum,
    superseding,
    versions,
)
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion
from approvals.models.approval import Decision
from approvals.models.attention import NoticeKind
from approvals.models.proposal import ProposalState
from approvals.quorum import Progress
from runs import audit, ledger, preferences, releases
from runs.crashpoints import crashpoint
from runs.errors import Conflict, Invalid
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor

REASONS = ("wrong_value", "no_evidence", "wrong_person", "not_wanted", "other")
MAX_NOTE = 500


def approve(
    proposal: Proposal | str, *, version: int, digest: bytes | str, by: Actor, at: datetime
) -> Approval:
    """Allow exactly what was shown. Approval, outbox rows, ledger lines and audit entry stand together
    or not at all; what follows needs nobody but the worker.

    Where more people have to say yes, this is one of them (`final` is False) and nothing goes out yet.
    """
    proposal = fetch(proposal)
    may_decide(proposal, by)
    shown = _shown(proposal, version, digest)
    releases.pin(proposal.run)
    if not judging.is_current(proposal, shown):
        raise Conflict("policy_changed", proposal=proposal.public_id)
    disclosure.require(proposal.run, contents.load(shown), shown.before)
    with transaction.atomic():
        _take(proposal, version, at=at, given=F("given") + 1)
        # Under the row's lock: two last people at once are one after the other.
        place = may_decide(proposal, by)
        crashpoint("approve.decided")
        approval = _record(proposal, shown, Decision.APPROVE, by=by, at=at, place=place)
        if not approval.final:
            _endorse(proposal, approval, place, by=by, at=at)
            return approval
        Proposal.objects.filter(id=proposal.id).update(
            state=ProposalState.APPROVED, decided_at=at, decided_by=by.user_id
        )
        proposal.refresh_from_db()
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
        known = {"was": shown.before, "became": shown.payload}
        write_audit("approved", proposal, by=by, at=at, digest=bytes(shown.digest).hex(), **known)
        crashpoint("approve.audited")
        doorbell.kick()
    return approval


def _endorse(
    proposal: Proposal, approval: Approval, place: Progress, *, by: Actor, at: datetime
) -> None:
    """One yes of several: recorded, and whoever is needed next is told."""
    left = place.needed - len(place.given) - 1
    line = _line(proposal, "endorsed", approval=str(approval.id), left=left)
    ledger.append_many([line], by=by, at=at)
    write_audit("endorsed", proposal, by=by, at=at, digest=bytes(approval.digest).hex(), left=left)
    following = quorum.progress(proposal)
    if following.stage is not None and following.place != place.place:
        about = f"{proposal.version}:{following.place}"
        notices.tell_roles(proposal, following.stage.roles, NoticeKind.WAITING, about=about, at=at)
    crashpoint("endorse.recorded")


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
    """Refuse what was shown, with a reason; a high risk needs a note. One no ends it, however many said yes."""
    proposal = fetch(proposal)
    quorum.require_decider(proposal, by)
    _check_reason(proposal, reason_code, note)
    shown = _shown(proposal, version, digest)
    with transaction.atomic():
        _take(
            proposal, version, at=at,
            state=ProposalState.REJECTED, decided_at=at, decided_by=by.user_id,
        )  # fmt: skip
        _void(proposal, at)
        approval = _record(
            proposal, shown, Decision.REJECT, by=by, at=at, reason_code=reason_code, note=note
        )
        result = {"approval": str(approval.id), "by": by.name, "decision": "reject"}
        _step, lines = checkpoints.answer(proposal, StepState.DENIED, result, at=at)
        lines += checkpoints.close(checkpoints.wish(proposal), StepState.DENIED, result, at=at)
        lines += [_line(proposal, "rejected", approval=str(approval.id), code=reason_code)]
        ledger.append_many(lines, by=by, at=at)
        write_audit(
            "rejected", proposal, by=by, at=at, code=reason_code,
            digest=bytes(shown.digest).hex(), became=shown.payload,
        )  # fmt: skip
        crashpoint("reject.recorded")
    return approval


def undo(proposal: Proposal | str, *, by: Actor, at: datetime) -> Proposal:
    """Take an approval back while nothing has been sent, and every yes with it: the same version waits again."""
    proposal = fetch(proposal)
    quorum.require_decider(proposal, by)
    return take_back(proposal, by=by, at=at)


def take_back(proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    """As `undo`, whoever asks: Conflict where something was sent already."""
    with transaction.atomic():
        changed = Proposal.objects.filter(id=proposal.id, state=ProposalState.APPROVED).update(
            state=ProposalState.PENDING, decided_at=None, decided_by=None, given=0
        )
        proposal.refresh_from_db()
        approval = live_approval(proposal)
        if not changed or approval is None:
            raise Conflict("nothing_to_undo", state=proposal.state)
        entries = outbox.take_back(approval, at=at)
        crashpoint("undo.taken_back")
        _void(proposal, at)
        found = checkpoints.effects_of(entries)
        lines = checkpoints.close(found, StepState.FAILED, {"code": "undone"}, at=at)
        lines += [_line(proposal, "undone", approval=str(approval.id))]
        lines += [outbox.line(entry, "cancelled", code="undone") for entry in entries]
        if _waits_again(proposal):
            checkpoints.ask(proposal, by=by, at=at)
        ledger.append_many(lines, by=by, at=at)
        write_audit("undone", proposal, by=by, at=at)
        if not _waits_again(proposal):
            superseding.supersede(proposal, ProposalState.PENDING, by=by, at=at)
        crashpoint("undo.recorded")
    return proposal


def _void(proposal: Proposal, at: datetime) -> None:
    """No yes to this version stands any more."""
    Approval.objects.filter(
        proposal=proposal, version=proposal.version, decision=Decision.APPROVE,
        undone_at__isnull=True,
    ).update(undone_at=at)  # fmt: skip


def _waits_again(proposal: Proposal) -> bool:
    """Whether its fields are its own again. A newer wish that holds one takes the place of this one."""
    try:
        fields.take(proposal, contents.load(versions.of(proposal)))
    except Conflict:
        return False
    return True


def live_approval(proposal: Proposal) -> Approval | None:
    """The approval that let the effects go and stands, if any."""
    found = Approval.objects.filter(proposal=proposal, decision=Decision.APPROVE, final=True)
    return found.filter(undone_at__isnull=True).order_by("-at").first()


def may_decide(proposal: Proposal, by: Actor) -> Progress:
    """Raise unless this person's yes counts now; how far it has come."""
    return quorum.may_decide(proposal, by)


def fetch(proposal: Proposal | str) -> Proposal:
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


def _take(proposal: Proposal, version: int, *, at: datetime, **changes: Any) -> None:
    # The race is decided here: one row, one winner, whatever was read before.
    won = Proposal.objects.filter(
        id=proposal.id, state=ProposalState.PENDING, version=version, approve_by__gt=at
    ).update(**changes)
    proposal.refresh_from_db()
    if won:
        return
    if proposal.state != ProposalState.PENDING:
        raise already_decided(proposal)
    if proposal.version != version:
        raise Conflict("changed_since_shown", version=proposal.version)
    raise Conflict("expired", at=proposal.approve_by)


def already_decided(proposal: Proposal) -> Conflict:
    name = quorum.decider(proposal)
    return Conflict("already_decided", by=name, at=proposal.decided_at, state=proposal.state)


def _release_effects(
    proposal: Proposal, shown: ProposalVersion, approval: Approval, *, at: datetime
) -> list[OutboxEntry]:
    """One row per effect; what an earlier approval of the same wish has sent already is not sent again."""
    effects = contents.load(shown).effects
    # A wish for time to think must not use up the time in which it may be sent at all.
    half = max(0, int((proposal.execute_by - at).total_seconds() / 2))
    own = min(preferences.hold_seconds(approval.user_id), half)
    hold = outbox.hold_time(proposal.run, *(effect.action for effect in effects), at_least=own)
    found: list[tuple[OutboxEntry, bool]] = []
    for effect in effects:
        entry = outbox.enqueue(
            proposal.run,
            effect=effect,
            step=proposal.step,
            before=shown.before,
            proposal=proposal,
            approval=approval,
            execute_by=proposal.execute_by,
            hold=hold,
            after=found[-1][0] if found and effect.follows else None,
            at=at,
        )
        found.append(entry)
    return [entry for entry, fresh in found if fresh]


def _record(
    proposal: Proposal, shown: ProposalVersion, decision: Decision, *, by: Actor, at: datetime,
    reason_code: str = "", note: str = "", place: Progress | None = None,
) -> Approval:  # fmt: skip
    stage = place.stage if place else None
    final = place is None or len(place.given) + 1 >= place.needed
    return Approval.objects.create(
        workspace_id=proposal.workspace_id, proposal=proposal, version=shown.version,
        digest=shown.digest, decision=decision, reason_code=reason_code, note=note,
        user_id=by.user_id, user_name=by.name,
        role=quorum.role_of(stage, by) if stage else proposal.role,
        stage=place.place if place else 0, final=final, at=at, request_id=by.request_id,
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


def write_audit(past: str, proposal: Proposal, *, by: Actor, at: datetime, **details: Any) -> None:
    audit.record(
        f"proposal.{past}", proposal.public_id, by=by, at=at, version=proposal.version, **details
    )
