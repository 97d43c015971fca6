"""Our outbox in the bench: effects that are due, and the drain that is shipped."""

import asyncio
import itertools
import time
from datetime import timedelta
from typing import Any

PER_HOST = 50
_customers = itertools.count()


def prepare() -> None:
    """The cap per host is 50 here: the bench asks how fast the drain is, not how polite."""
    from django.conf import settings

    from approvals import breakers

    settings.OUTBOX_PER_HOST = PER_HOST
    assert breakers.OPENS_AT


RUNS = 20


def runs(office: Any, count: int = RUNS) -> list[Any]:
    """Calls of their own: effects that are sent at the same time come from many."""
    from tests.approvals import support

    with office.scope():
        return [support.make_run(office) for _ in range(count)]


def fill(office: Any, count: int) -> list[str]:
    """So many effects that a rule allows, due now, of `RUNS` calls; their keys."""
    found = runs(office)
    return [put(office, found[number % RUNS]) for number in range(count)]


def put(office: Any, run: Any) -> str:
    """One effect of a run, for a customer of its own: what an earlier worker left half done is not in its
    way; its key."""
    from approvals import outbox
    from approvals.contents import Effect
    from runs import scope, steps

    with office.scope():
        at = scope.now()
        step, _fresh = steps.begin(
            run, key=f"bench:{time.monotonic_ns()}", name="bench", kind="tool", arguments={},
            by=office.agent, at=at,
        )  # fmt: skip
        arguments = {
            "to": f"c{next(_customers)}@homes.example",
            "subject": "Hello",
            "text": "Hello",
        }
        effect = Effect(action="resend.send_followup_email", arguments=arguments)
        entry, _new = outbox.enqueue(
            run, effect=effect, step=step, policy_rule="bench", at=at,
            execute_by=at + timedelta(hours=1),
        )  # fmt: skip
    return str(entry.id)


def drain(seconds: float = 60.0, linger: float = 0.3) -> None:
    from approvals import drain as shipped

    asyncio.run(shipped.run(seconds=seconds, linger=linger))
