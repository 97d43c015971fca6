"""The gate as it is often written: send until the answer is 200, each try under a new key.

Only here, to show that the harness sees what such a worker does.
"""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from approvals import backoff, delivery, sweeps
from approvals.backoff import Next
from approvals.models.outbox_entry import OutboxState
from tests.chaos import outbox


def drain_for_ever() -> None:
    make_naive()
    outbox.drain_for_ever()


def make_naive() -> None:
    invocation_of = delivery._invocation

    def with_new_key(*given: Any) -> Any:
        kind, invocation = invocation_of(*given)
        return kind, replace(invocation, key=uuid.uuid4())

    def again(failed: Any, *, at: Any, **known: Any) -> Next:
        return Next(OutboxState.PENDING, failed.code, at + timedelta(seconds=0.1))

    vars(delivery).update(_invocation=with_new_key)
    backoff.after_failure = again
    sweeps._after_crash = lambda entry, at: Next(OutboxState.PENDING, "again", at)
