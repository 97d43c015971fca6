"""What a failure leads to, by what the receiver offers against doubles."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals import backoff
from approvals.action_types import ActionFailed
from approvals.models.outbox_entry import Idempotency, OutboxState

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PENDING, FAILED, UNKNOWN = OutboxState.PENDING, OutboxState.FAILED, OutboxState.UNKNOWN
RECONCILE = OutboxState.RECONCILE


def after(verdict, idempotency="key", *, attempt=1, doubtful=False, **options):
    failed = ActionFailed(verdict, "code", **options)
    return backoff.after_failure(
        failed, idempotency=idempotency, attempt=attempt, doubtful=doubtful, at=AT, jitter=0.0
    )


@pytest.mark.parametrize(
    ("verdict", "by_class"),
    [
        ("not_sent", {"key": PENDING, "natural": PENDING, "lookup": PENDING, "none": PENDING}),
        ("not_accepted", {"key": PENDING, "natural": PENDING, "lookup": PENDING, "none": PENDING}),
        ("ambiguous", {"key": PENDING, "natural": PENDING, "lookup": RECONCILE, "none": UNKNOWN}),
        ("no", {"key": FAILED, "natural": FAILED, "lookup": FAILED, "none": FAILED}),
        ("conflict", {"key": FAILED, "natural": FAILED, "lookup": FAILED, "none": FAILED}),
    ],
)
def test_doubt_is_resent_only_where_it_cannot_double(verdict, by_class):
    assert by_class.keys() == set(Idempotency.values)
    for idempotency, state in by_class.items():
        assert after(verdict, idempotency).state == state


def test_a_no_after_a_doubt_is_not_a_failure():
    assert after("no", doubtful=True).state == UNKNOWN


def test_the_wait_doubles_up_to_a_limit():
    waits = [(after("not_sent", attempt=n).available_at - AT).total_seconds() for n in range(1, 40)]
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == backoff.LONGEST_S


def test_retry_after_is_kept_up_to_an_hour():
    assert after("not_accepted", retry_after=7).available_at == AT + timedelta(seconds=7)
    assert after("not_accepted", retry_after=1e9).available_at == AT + timedelta(hours=1)


def test_jitter_spreads_by_a_fifth():
    waits = {backoff.delay(4).total_seconds() for _ in range(200)}
    assert len(waits) > 100
    assert 12.8 <= min(waits) <= max(waits) <= 19.2


def test_a_key_is_trusted_for_most_of_its_life():
    life = timedelta(hours=24)
    assert not backoff.key_forgotten(None, life, AT)
    assert not backoff.key_forgotten(AT - timedelta(hours=19), life, AT)
    assert backoff.key_forgotten(AT - timedelta(hours=20), life, AT)
