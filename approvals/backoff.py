"""What follows a failed attempt: try again and when, give up, or ask a person. Pure."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from approvals.action_types import ActionFailed
from approvals.models.outbox_entry import Idempotency, OutboxState

FIRST_S = 2.0
LONGEST_S = 300.0
LONGEST_RETRY_AFTER_S = 3600.0
JITTER = 0.2
# After its execute-by an effect in doubt is only looked up, and not for ever.
LOOK_UP_FOR = timedelta(minutes=15)
# Beyond this share of its life the receiver may have forgotten the key.
KEY_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Next:
    """The state that an entry goes to, why, and when it may be claimed again."""

    state: OutboxState
    reason: str
    available_at: datetime | None = None


def after_failure(
    failed: ActionFailed,
    *,
    idempotency: str,
    attempt: int,
    doubtful: bool,
    at: datetime,
    jitter: float | None = None,
    settle: timedelta = timedelta(),
) -> Next:
    """`doubtful`: an attempt before this one may have had its effect, so a no is not the whole truth.

    A receiver of class `lookup` is asked for the effect, not before `settle` has passed: until then it may
    still be at work on what it was sent.
    """
    later = at + delay(attempt, failed.retry_after, jitter)
    again = Next(OutboxState.PENDING, failed.code, later)
    asks = idempotency == Idempotency.LOOKUP
    if failed.verdict in ("not_sent", "not_accepted"):
        return Next(OutboxState.RECONCILE, failed.code, later) if asks and doubtful else again
    if failed.verdict == "ambiguous":
        if idempotency in (Idempotency.KEY, Idempotency.NATURAL):
            return again
        if asks:
            return Next(OutboxState.RECONCILE, failed.code, max(later, at + settle))
        return Next(OutboxState.UNKNOWN, failed.code)
    return Next(OutboxState.UNKNOWN if doubtful else OutboxState.FAILED, failed.code)


def delay(attempt: int, retry_after: float | None = None, jitter: float | None = None) -> timedelta:
    """2, 4, 8 … 300 s, each 20 % more or less; what the far side asks for is kept, up to an hour."""
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, 0.0), LONGEST_RETRY_AFTER_S))
    spread = random.uniform(-JITTER, JITTER) if jitter is None else jitter  # noqa: S311 no secret
    base = min(FIRST_S * 2.0 ** min(attempt - 1, 16), LONGEST_S)
    return timedelta(seconds=base * (1 + spread))


def key_forgotten(first_sent: datetime | None, life: timedelta | None, at: datetime) -> bool:
    """Whether sending again under the same key might count as a new effect."""
    if first_sent is None or life is None:
        return False
    return at >= first_sent + life * KEY_SHARE
