"""Records: what came back from an attempt, written only by the holder of its lease."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approvals import (
    action_types,
    backoff,
    breakers,
    checkpoints,
    endings,
    notices,
    outbox,
    prepared,
)
from approvals.action_types import ActionFailed, Confirmation
from approvals.claims import Claimed
from approvals.endings import Ending
from approvals.models import OutboxEntry, Proposal
from approvals.models.attention import NoticeKind
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import ledger, people, scope
from runs.crashpoints import crashpoint
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt ended."""

    claimed: Claimed
    outcome: Confirmation | ActionFailed


def settle(settled: list[Settled]) -> int:
    """Write a batch in one transaction; returns how many leases were still ours. Run outside a scope.

    A late answer whose lease is gone changes nothing: whoever holds the entry now will tell.
    """
    plain = [one for one in settled if not _is_conflict(one)]
    written = _settle_plain(plain) if plain else 0
    for one in settled:
        if _is_conflict(one):
            written += _settle_conflict(one)
    return written


def _settle_plain(settled: list[Settled]) -> int:
    with scope.workspace(*{one.claimed.entry.workspace_id for one in settled}):
        at = scope.now()
        by_entry = _write(settled, at)
        prepared.prepare(_confirmed(settled, set(by_entry)), at=at)
        breakers.note(map(_answered, settled), at)
        by = _by(settled[0].claimed.entry)
        ledger.append_many([line for lines in by_entry.values() for line in lines], by=by, at=at)
        crashpoint("record.written")
    return len(by_entry)


def _write(settled: list[Settled], at: datetime) -> dict[uuid.UUID, list[Line]]:
    ends = [_ending(one, at) for one in settled]
    lines = endings.write(ends, at=at)
    for one in ends:
        entry = one.claimed.entry
        if one.state == OutboxState.FAILED and entry.id in lines:
            lines[entry.id] += give_up(entry, at=at)
    return lines


def _confirmed(settled: list[Settled], ours: set[uuid.UUID]) -> list[OutboxEntry]:
    """Those whose confirmation was ours to write."""
    return [
        one.claimed.entry
        for one in settled
        if one.claimed.entry.id in ours and isinstance(one.outcome, Confirmation)
    ]


def _answered(one: Settled) -> tuple[uuid.UUID, uuid.UUID, Confirmation | ActionFailed]:
    entry = one.claimed.entry
    return entry.workspace_id, entry.connection_id, one.outcome


def _is_conflict(one: Settled) -> bool:
    return isinstance(one.outcome, ActionFailed) and one.outcome.verdict == "conflict"


def _ending(one: Settled, at: datetime) -> Ending:
    if isinstance(one.outcome, Confirmation):
        return _confirmation(one.claimed, one.outcome)
    return _failure(one.claimed, one.outcome, at)


def _confirmation(claimed: Claimed, found: Confirmation) -> Ending:
    return Ending(
        claimed, OutboxState.SUCCEEDED, "done", {"reference": found.reference[:120]},
        result={"reference": found.reference, "status": found.status, **found.data},
        status=found.status, answer=found.answer,
    )  # fmt: skip


def _failure(claimed: Claimed, failed: ActionFailed, at: datetime) -> Ending:
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
    return _next(claimed, after, failed.verdict, status=failed.status, answer=failed.answer)


def _next(claimed: Claimed, after: backoff.Next, verdict: str, **answered: Any) -> Ending:
    return Ending(
        claimed, after.state, verdict, {"code": after.reason[:40]}, reason=after.reason,
        available_at=after.available_at, error=after.reason, **answered,
    )  # fmt: skip


def move(claimed: Claimed, after: backoff.Next, *, verdict: str, at: datetime) -> list[Line]:
    """Let go of a claimed entry without an answer; [] where the lease was not ours any more."""
    lines = endings.write([_next(claimed, after, verdict)], at=at).get(claimed.entry.id, [])
    failed = lines and after.state == OutboxState.FAILED
    return [*lines, *give_up(claimed.entry, at=at)] if failed else lines


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
        lines = _write([one], at).get(entry.id, [])
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


def _by(entry: OutboxEntry) -> Actor:
    return people.system("outbox", uuid.UUID(str(entry.workspace_id)))
