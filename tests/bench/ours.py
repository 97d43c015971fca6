"""Our outbox in the bench: effects that are due, and the drain that is shipped."""

import asyncio
import time
from datetime import timedelta
from typing import Any

PER_HOST = 50


def prepare() -> None:
    """The cap per host is 50 here: the bench asks how fast the drain is, not how polite."""
    from django.conf import settings

    from approvals import breakers

    settings.OUTBOX_PER_HOST = PER_HOST
    assert breakers.OPENS_AT


def fill(office: Any, count: int, run: Any = None) -> list[str]:
    """So many effects that a rule allows, due now; their keys."""
    from approvals import outbox
    from approvals.contents import Effect
    from runs import scope, steps
    from tests.approvals import support

    keys = []
    with office.scope():
        run = run or support.make_run(office)
        at = scope.now()
        step, _fresh = steps.begin(
            run, key=f"bench:{time.monotonic_ns()}", name="bench", kind="tool", arguments={},
            by=office.agent, at=at,
        )  # fmt: skip
        for number in range(count):
            arguments = {"to": f"c{number}@homes.example", "subject": "Hello", "text": "Hello"}
            effect = Effect(action="resend.send_followup_email", arguments=arguments)
            entry, _new = outbox.enqueue(
                run, effect=effect, step=step, policy_rule="bench", at=at,
                execute_by=at + timedelta(hours=1),
            )  # fmt: skip
            keys.append(str(entry.id))
    return keys


def drain(seconds: float = 60.0, linger: float = 0.3) -> None:
    from approvals import drain as shipped

    asyncio.run(shipped.run(seconds=seconds, linger=linger))
