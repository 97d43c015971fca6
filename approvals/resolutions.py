"""Resolutions: what a person does with an entry that does not get on by itself. Nothing is sent again silently."""

from datetime import datetime
from typing import Any

from django.db import transaction

from approvals import checkpoints, doorbell, judging, outbox, prepared, records
from approvals.models import OutboxEntry
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import audit, ledger
from runs.access import Permission, require, require_person
from runs.crashpoints import crashpoint
from runs.errors import Conflict, Invalid, NotAllowed, Refused
from runs.ids import outbox_id, uuid7
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor

VERBS = ("retry_now", "cancel", "it_happened", "drop", "send_again")
MAX_NOTE = 500


def retry_now(entry: OutboxEntry, *, by: Actor, at: datetime) -> OutboxEntry:
    """Do not wait for the next try: the same key, the same bytes."""
    require(by, Permission.MANAGE_OUTBOX)
    with transaction.atomic():
        waiting = OutboxEntry.objects.filter(attempts__gt=0, held=False)
        _move(waiting, entry, OutboxState.PENDING, available_at=at)
        audit.record("outbox.retried", entry.public_id, by=by, at=at, attempts=entry.attempts)
        doorbell.kick()
    return entry


def cancel(entry: OutboxEntry, *, by: Actor, at: datetime) -> OutboxEntry:
    """Not to be sent at all. Refused where an earlier try may have had its effect."""
    require(by, Permission.MANAGE_OUTBOX)
    with transaction.atomic():
        _move(
            OutboxEntry.objects, entry, OutboxState.PENDING, state=OutboxState.CANCELLED,
            reason="cancelled", finished_at=at, held=False,
        )  # fmt: skip
        if outbox.doubtful(entry.id):
            raise Conflict("may_have_happened", entry=entry.public_id)
        lines = [outbox.line(entry, "cancelled", code="cancelled"), *records.give_up(entry, at=at)]
        _close(entry, StepState.FAILED, {"code": "cancelled"}, lines, by=by, at=at)
    return entry


def it_happened(entry: OutboxEntry, *, evidence: str, by: Actor, at: datetime) -> OutboxEntry:
    """A person has proof that the effect in doubt took place."""
    require(by, Permission.MANAGE_OUTBOX)
    if not 0 < len(evidence.strip()) <= MAX_NOTE or "\0" in evidence:
        raise Invalid("evidence_required", limit=MAX_NOTE)
    result = {"reference": "", "resolved_by": by.name, "evidence": evidence.strip()}
    with transaction.atomic():
        _move(
            OutboxEntry.objects, entry, OutboxState.UNKNOWN, state=OutboxState.SUCCEEDED,
            result=result, finished_at=at,
        )  # fmt: skip
        prepared.prepare([entry], at=at)
        line = outbox.line(
            entry, "confirmed", attempt=entry.attempts, reference="resolved_by_person"
        )
        _close(entry, StepState.DONE, result, [line], by=by, at=at)
    return entry


def drop(entry: OutboxEntry, *, by: Actor, at: datetime) -> OutboxEntry:
    """Leave the doubt as it is: it will not be sent again."""
    require(by, Permission.MANAGE_OUTBOX)
    with transaction.atomic():
        _move(
            OutboxEntry.objects, entry, OutboxState.UNKNOWN, state=OutboxState.CANCELLED,
            reason="dropped", finished_at=at,
        )  # fmt: skip
        lines = [outbox.line(entry, "cancelled", code="dropped"), *records.give_up(entry, at=at)]
        _close(entry, StepState.FAILED, {"code": "dropped"}, lines, by=by, at=at)
    return entry


def send_again(entry: OutboxEntry, *, by: Actor, at: datetime) -> OutboxEntry:
    """It did not happen: a new entry with a new key takes the place of this one.

    Above low risk somebody other than the approver has to say so.
    """
    _may_send_again(entry, by, at)
    with transaction.atomic():
        fresh = OutboxEntry.objects.get(id=entry.id)
        _move(OutboxEntry.objects, entry, entry.state, state=OutboxState.SUPERSEDED)
        fresh.id, fresh.public_id = uuid7(), outbox_id()
        fresh.state, fresh.reason, fresh.attempts, fresh.result = OutboxState.PENDING, "", 0, None
        fresh.created_at, fresh.finished_at, fresh.wired = at, None, False
        fresh.hold_until = fresh.available_at = at + outbox.hold_time(entry.run, entry.action)
        fresh.save(force_insert=True)
        OutboxEntry.objects.filter(after=entry).update(after=fresh)
        lines = [outbox.line(fresh, "queued", key=str(fresh.id))]
        _close(entry, StepState.FAILED, {"code": "superseded"}, lines, by=by, at=at)
        checkpoints.effect(fresh, None, by=by, at=at)
        crashpoint("resend.queued")
        doorbell.kick()
    return fresh


def verbs_for(actor: Actor, entry: OutboxEntry, at: datetime) -> dict[str, Refused | None]:
    """verb -> None where it is allowed, else the refusal that using it would meet."""
    state, doubtful = entry.state, outbox.doubtful(entry.id)
    open_states = {
        "retry_now": state == OutboxState.PENDING and entry.attempts > 0 and not entry.held,
        "cancel": state == OutboxState.PENDING and not doubtful,
        "it_happened": state == OutboxState.UNKNOWN,
        "drop": state == OutboxState.UNKNOWN,
        "send_again": state in (OutboxState.UNKNOWN, OutboxState.FAILED),
    }
    found: dict[str, Refused | None] = {}
    for verb, is_open in open_states.items():
        try:
            require(actor, Permission.MANAGE_OUTBOX)
            if not is_open:
                raise Conflict("not_in_this_state", state=state)
            if verb == "send_again":
                _may_send_again(entry, actor, at)
            found[verb] = None
        except Refused as refusal:
            found[verb] = refusal
    return found


def _may_send_again(entry: OutboxEntry, by: Actor, at: datetime) -> None:
    require(by, Permission.MANAGE_OUTBOX)
    require_person(by)
    if entry.state not in (OutboxState.UNKNOWN, OutboxState.FAILED):
        raise Conflict("not_in_this_state", state=entry.state)
    if entry.execute_by <= at:
        raise Conflict("too_late_to_send", at=entry.execute_by)
    if entry.proposal and not _stands(entry):
        raise Conflict("approval_void", proposal=entry.proposal.public_id)
    if judging.bars(judging.rules_of(entry.run), entry.action):
        raise NotAllowed("never_by_policy", action=entry.action)
    risk = entry.proposal.risk if entry.proposal else "low"
    approver = entry.approval.user_id if entry.approval else None
    if risk != "low" and approver == by.user_id:
        raise NotAllowed("second_person", entry=entry.public_id)


def _stands(entry: OutboxEntry) -> bool:
    """Whether the approval that let it go is still the last word about its proposal."""
    proposal, approval = entry.proposal, entry.approval
    return (
        proposal is not None
        and approval is not None
        and approval.undone_at is None
        and proposal.state == ProposalState.APPROVED
        and approval.version == proposal.version
    )


def _move(among: Any, entry: OutboxEntry, found: str, /, **changes: Any) -> None:
    """One conditional UPDATE: whoever comes second is told that the state is another one."""
    if not among.filter(id=entry.id, state=found).update(**changes):
        entry.refresh_from_db()
        raise Conflict("not_in_this_state", state=entry.state)
    entry.refresh_from_db()


def _close(
    entry: OutboxEntry, state: StepState, result: dict[str, Any], lines: list[Line],
    *, by: Actor, at: datetime,
) -> None:  # fmt: skip
    closed = checkpoints.close(checkpoints.effects_of([entry]), state, result, at=at)
    ledger.append_many([*closed, *lines], by=by, at=at)
    audit.record(
        f"outbox.{entry.state}", entry.public_id, by=by, at=at, code=result.get("code", "")
    )
    crashpoint("resolve.recorded")
