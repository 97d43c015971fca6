"""Records: what came back from an attempt, written only by the holder of its lease."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approvals import action_types, backoff, breakers, checkpoints, notices, outbox, prepared
from approvals.action_types import ActionFailed, Confirmation
from approvals.claims import Claimed
from approvals.models import Attempt, OutboxEntry, Proposal
from approvals.models.attention import NoticeKind
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import ledger, people, scope
from runs.crashpoints import crashpoint
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor

MAX_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt ended."""

    claimed: Claimed
    outcome: Confirmation | ActionFailed


def settle(settled: list[Settled]) -> int:
    """Write a batch in one transaction; returns how many leases were still ours. Run outside a scope.

    A late answer whose lease is gone changes nothing: whoever holds the entry now will tell.
    """
    written = 0
    plain = [one for one in settled if not _is_conflict(one)]
    if plain:
        with scope.workspace(*{one.claimed.entry.workspace_id for one in plain}):
            at = scope.now()
            lines = [_write(one, at) for one in plain]
            written += sum(1 for one in lines if one)
            prepared.prepare(_confirmed(plain, lines), at=at)
            breakers.note(map(_answered, plain), at)
            by = _by(plain[0].claimed.entry)
            ledger.append_many([line for one in lines for line in one], by=by, at=at)
            crashpoint("record.written")
    for one in settled:
        if _is_conflict(one):
            written += _settle_conflict(one)
    return written


def _confirmed(settled: list[Settled], lines: list[list[Line]]) -> list[OutboxEntry]:
    """Those whose confirmation was ours to write."""
    return [
        one.claimed.entry
        for one, written in zip(settled, lines, strict=True)
        if written and isinstance(one.outcome, Confirmation)
    ]


def _answered(one: Settled) -> tuple[uuid.UUID, uuid.UUID, Confirmation | ActionFailed]:
    entry = one.claimed.entry
    return entry.workspace_id, entry.connection_id, one.outcome


def _is_conflict(one: Settled) -> bool:
    return isinstance(one.outcome, ActionFailed) and one.outcome.verdict == "conflict"


def _write(one: Settled, at: datetime) -> list[Line]:
    if isinstance(one.outcome, Confirmation):
        return _confirm(one.claimed, one.outcome, at)
    return _fail(one.claimed, one.outcome, at)


def _confirm(claimed: Claimed, found: Confirmation, at: datetime) -> list[Line]:
    entry = claimed.entry
    result = {"reference": found.reference, "status": found.status, **found.data}
    if not _leave(claimed, state=OutboxState.SUCCEEDED, result=result, finished_at=at, reason=""):
        return []
    _end_attempt(claimed, "done", status=found.status, answer=found.answer, at=at)
    lines = checkpoints.close(checkpoints.effects_of([entry]), StepState.DONE, result, at=at)
    return [
        *lines,
        outbox.line(entry, "confirmed", attempt=entry.attempts, reference=found.reference[:120]),
    ]


def _fail(claimed: Claimed, failed: ActionFailed, at: datetime) -> list[Line]:
    entry = claimed.entry
    after = backoff.after_failure(
        failed,
        idempotency=entry.idempotency,
        attempt=entry.attempts,
        # Not what the claim has seen: a look-up may have ended the doubt.
        doubtful=claimed.doubtful and outbox.doubtful(entry.id, but=claimed.lease),
        at=at,
        settle=action_types.settle_of(entry.action_type),
    )
    return move(claimed, after, verdict=failed.verdict, failed=failed, at=at)


def move(
    claimed: Claimed,
    after: backoff.Next,
    *,
    verdict: str,
    at: datetime,
    failed: ActionFailed | None = None,
) -> list[Line]:
    """Let go of a claimed entry without a confirmation; [] where the lease was not ours any more."""
    entry = claimed.entry
    changes: dict[str, Any] = {"state": after.state, "reason": after.reason[:40]}
    if after.state in (OutboxState.PENDING, OutboxState.RECONCILE):
        changes["available_at"] = after.available_at
    elif after.state == OutboxState.FAILED:
        changes["finished_at"] = at
    if not _leave(claimed, **changes):
        return []
    _end_attempt(
        claimed, verdict, at=at, error=after.reason,
        status=failed.status if failed else None, answer=failed.answer if failed else "",
    )  # fmt: skip
    found = checkpoints.effects_of([entry])
    body = {"attempt": entry.attempts, "code": after.reason[:40]}
    if after.state == OutboxState.FAILED:
        lines = checkpoints.close(found, StepState.FAILED, {"code": after.reason}, at=at)
        return [*lines, outbox.line(entry, "failed", **body), *give_up(entry, at=at)]
    checkpoints.mark(found, StepState.WAITING)
    past = "retried" if after.state == OutboxState.PENDING else "doubted"
    return [outbox.line(entry, past, **body)]


def give_up(entry: OutboxEntry, *, at: datetime) -> list[Line]:
    """What was to follow an effect that surely fails does not go out on its own."""
    gone = outbox.give_up_dependents(entry, "earlier_failed", at=at)
    code = {"code": "earlier_failed"}
    lines = checkpoints.close(checkpoints.effects_of(gone), StepState.FAILED, code, at=at)
    return [*lines, *(outbox.line(one, "cancelled", **code) for one in gone)]


def _settle_conflict(one: Settled) -> int:
    """The far side holds other values than the lead was shown: nothing is sent, the wish goes back to people."""
    entry, outcome = one.claimed.entry, one.outcome
    assert isinstance(outcome, ActionFailed)
    with scope.workspace(entry.workspace_id):
        at = scope.now()
        # The proposal before the entry, as decisions take them: no two of us wait for each other.
        proposal = (
            Proposal.objects.select_for_update(no_key=True).filter(id=entry.proposal_id).first()
            if entry.proposal_id
            else None
        )
        lines = _fail(one.claimed, outcome, at)
        if not lines:
            return 0
        if proposal is not None:
            lines += _give_back(proposal, entry, at)
        ledger.append_many(lines, by=_by(entry), at=at)
        crashpoint("conflict.given_back")
    return 1


def _give_back(proposal: Proposal, entry: OutboxEntry, at: datetime) -> list[Line]:
    """Effects of the same approval that were not begun do not go out on their own."""
    changed = Proposal.objects.filter(id=proposal.id, state=ProposalState.APPROVED).update(
        state=ProposalState.CONFLICT
    )
    siblings = list(
        OutboxEntry.objects.select_for_update(no_key=True)
        .filter(approval=entry.approval, state=OutboxState.PENDING, attempts=0)
        .order_by("id")
    )
    OutboxEntry.objects.filter(id__in=[one.id for one in siblings]).update(
        state=OutboxState.CANCELLED, reason="conflict", finished_at=at, held=False
    )
    found = checkpoints.effects_of(siblings)
    lines = checkpoints.close(found, StepState.FAILED, {"code": "conflict"}, at=at)
    lines += [outbox.line(one, "cancelled", code="conflict") for one in siblings]
    if changed:
        body = {"proposal": proposal.public_id, "version": proposal.version}
        lines.append(Line(proposal.run_id, "proposal.conflicted", body))
        notices.tell_deciders(proposal, NoticeKind.CONFLICT, about=str(entry.id), at=at)
    return lines


def _leave(claimed: Claimed, **changes: Any) -> bool:
    return bool(
        OutboxEntry.objects.filter(
            id=claimed.entry.id, lease=claimed.lease, state=OutboxState.SENDING
        ).update(lease=None, lease_until=None, **changes)
    )


def _end_attempt(
    claimed: Claimed, verdict: str, *, at: datetime, status: int | None = None,
    answer: str = "", error: str = "",
) -> None:  # fmt: skip
    kept = answer.replace("\0", "")[:MAX_ANSWER]
    Attempt.objects.filter(entry_id=claimed.entry.id, lease=claimed.lease).update(
        verdict=verdict, status=status, answer=kept, error=error[:200], ended_at=at
    )


def _by(entry: OutboxEntry) -> Actor:
    return people.system("outbox", uuid.UUID(str(entry.workspace_id)))
