"""Endings: attempts that are over, written in a few statements however many they are; only by lease holders."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from approvals import checkpoints, notices, outbox
from approvals.claims import Claimed
from approvals.models import OutboxEntry
from approvals.models.outbox_entry import OutboxState
from runs.ledger import Line
from runs.models import Step
from runs.models.step import StepState

MAX_ANSWER = 4096

# What an ending does not name stays as it is in the row.
_LEAVE = """
    UPDATE approvals_outboxentry e SET lease = NULL, lease_until = NULL,
           state = u.state, reason = u.reason, result = coalesce(u.result::jsonb, e.result),
           available_at = coalesce(u.available_at, e.available_at),
           finished_at = coalesce(u.finished_at, e.finished_at)
      FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
                  %s::timestamptz[])
           AS u (id, lease, state, reason, result, available_at, finished_at)
     WHERE e.id = u.id AND e.lease = u.lease AND e.state = 'sending'
    RETURNING e.id, u.lease
"""
_END_ATTEMPTS = """
    UPDATE approvals_attempt a SET verdict = u.verdict, status = u.status, answer = u.answer,
           error = u.error, ended_at = u.at
      FROM (SELECT *, %s::timestamptz AS at
              FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::int4[], %s::text[], %s::text[])
                   AS t (entry_id, lease, verdict, status, answer, error)) u
     WHERE a.entry_id = u.entry_id AND a.lease = u.lease
"""
_STEPS = {OutboxState.SUCCEEDED: StepState.DONE, OutboxState.FAILED: StepState.FAILED}
_PAST = {
    OutboxState.SUCCEEDED: "confirmed",
    OutboxState.FAILED: "failed",
    OutboxState.PENDING: "retried",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """Where an entry goes from here, what its attempt came to, and what its ledger line says."""

    claimed: Claimed
    state: OutboxState
    verdict: str
    says: dict[str, Any]
    reason: str = ""
    available_at: datetime | None = None
    result: dict[str, Any] | None = None
    status: int | None = None
    answer: str = ""
    error: str = ""


def write(endings: Sequence[Ending], *, at: datetime) -> dict[uuid.UUID, list[Line]]:
    """Let go of the entries and end their attempts and steps.

    Returns the lines to append, by entry, of those whose lease was still ours; the others changed nothing.
    """
    ours = _leave(endings, at)
    left = [one for one in endings if (one.claimed.entry.id, one.claimed.lease) in ours]
    if not left:
        return {}
    _end_attempts(left, at)
    finished = _end_steps(left, at)
    lines = {}
    for one in left:
        entry = one.claimed.entry
        past = _PAST.get(one.state, "doubted")
        told = outbox.line(entry, past, attempt=entry.attempts, **one.says)
        lines[entry.id] = [*finished.get(entry.id, []), told]
    doubted = [one.claimed.entry for one in left if one.state == OutboxState.UNKNOWN]
    notices.tell_of_doubts(doubted, at=at)
    return lines


def _leave(endings: Sequence[Ending], at: datetime) -> set[tuple[uuid.UUID, uuid.UUID]]:
    rows = [
        (
            *(one.claimed.entry.id, one.claimed.lease, str(one.state), one.reason[:40]),
            json.dumps(one.result) if one.result is not None else None,
            one.available_at,
            at if one.state in _STEPS else None,
        )
        for one in endings
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, _columns(rows))
        return {(row[0], row[1]) for row in cursor.fetchall()}


def _end_attempts(endings: Sequence[Ending], at: datetime) -> None:
    rows = [
        (
            *(one.claimed.entry.id, one.claimed.lease, one.verdict, one.status),
            *(one.answer.replace("\0", "")[:MAX_ANSWER], one.error[:200]),
        )
        for one in endings
    ]
    with connection.cursor() as cursor:
        cursor.execute(_END_ATTEMPTS, [at, *_columns(rows)])


def _end_steps(endings: Sequence[Ending], at: datetime) -> dict[uuid.UUID, list[Line]]:
    """Of a final state the step ends; of another it waits for the next try."""
    open_steps = _steps([one.claimed.entry for one in endings])
    over, waiting, owners = [], [], {}
    for one in endings:
        for step in open_steps.get(one.claimed.entry.id, []):
            owners[str(step.id)] = one.claimed.entry.id
            if one.state in _STEPS:
                result = one.result if one.result is not None else {"code": one.reason}
                over.append((step, _STEPS[one.state], result))
            else:
                waiting.append(step)
    if waiting:
        checkpoints.mark(waiting, StepState.WAITING)
    lines: dict[uuid.UUID, list[Line]] = {}
    for line in checkpoints.close_each(over, at=at):
        lines.setdefault(owners[line.body["step"]], []).append(line)
    return lines


def _steps(entries: Sequence[OutboxEntry]) -> dict[uuid.UUID, list[Step]]:
    keys = {(entry.run_id, checkpoints.effect_key(entry)): entry.id for entry in entries}
    found: dict[uuid.UUID, list[Step]] = {}
    for step in checkpoints.effects_of(entries):
        found.setdefault(keys[step.run_id, step.step_key], []).append(step)
    return found


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
