"""Celery's names of what the gate does by itself. Bodies import late: rules may import a task to nudge it."""

import asyncio
from typing import Any

from celery import shared_task

# A bell that nobody heard for this long is not needed: the next beat rings again.
BELL_LIFE_S = 15


@shared_task(name="approvals.drain_outbox", expires=BELL_LIFE_S)
def drain_outbox(**future: Any) -> int:
    """Send what is due. On a queue of its own (`-P solo`): one drain a process, many requests in flight."""
    from approvals import drain

    sent: int = asyncio.run(drain.run())
    return sent


@shared_task(name="approvals.mail_notices", expires=BELL_LIFE_S)
def mail_notices(**future: Any) -> int:
    """One digest for each person who has not looked."""
    from approvals import notices

    sent: int = notices.mail_due()
    return sent


@shared_task(name="approvals.expire_proposals", expires=BELL_LIFE_S)
def expire_proposals(**future: Any) -> int:
    """Also gives proposals that a newer policy judges otherwise a new version, and reminds of what waits."""
    from approvals import expiry, reminders, revisions
    from runs import scope

    at = scope.now()
    changed: int = expiry.expire_due(at) + revisions.rejudge_open(at) + reminders.remind_due(at)
    return changed
