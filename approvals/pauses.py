"""Pauses: a person stops sending, for one action or for all. What is in flight is never cut.

`pause` takes nothing new; `drain` sends what was allowed before it and lets the rest wait. Clocks go on.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from approvals import doorbell
from approvals.models import OutboxEntry, Pause
from approvals.models.outbox_entry import OutboxState
from approvals.models.pause import PauseMode
from runs import audit, bus, releases, topics
from runs.access import Permission, require
from runs.crashpoints import crashpoint
from runs.errors import Conflict, Invalid
from runs.models import Workflow
from runs.people import Actor

MAX_REASON = 300


def begin(mode: str, *, action: str = "", reason: str, by: Actor, at: datetime) -> Pause:
    """Stop sending in the scope's workspace. Raise Conflict where it is stopped already."""
    require(by, Permission.MANAGE_SETTINGS)
    if action and not _is_known(action):
        raise Invalid("unknown_action", action=action[:80])
    if mode not in PauseMode.values:
        raise Invalid("unknown_pause_mode", modes=PauseMode.values)
    words = reason.strip()
    if not 0 < len(words) <= MAX_REASON or "\0" in words:
        raise Invalid("reason_required", limit=MAX_REASON)
    try:
        with transaction.atomic():
            pause = Pause.objects.create(
                workspace_id=by.workspace_id, action=action[:80], mode=mode, reason=words,
                at=at, by_name=by.name,
            )  # fmt: skip
    except IntegrityError as error:
        if "one_open" not in str(error):
            raise
        raise Conflict("already_paused", action=action[:80]) from error
    audit.record(f"outbox.{mode}", action or "all", by=by, at=at, reason=words)
    _tell(pause)
    crashpoint("pause.recorded")
    return pause


def _is_known(action: str) -> bool:
    """Configured now, or in a release of which something may still wait."""
    if OutboxEntry.objects.filter(action=action[:80]).exists():
        return True
    published = Workflow.objects.filter(current__isnull=False).select_related("current")
    contents = (releases.content_of(one.current) for one in published if one.current)
    return any(releases.action_of(one, action) is not None for one in contents)


def end(*, action: str = "", by: Actor, at: datetime) -> Pause:
    """Let it go on."""
    require(by, Permission.MANAGE_SETTINGS)
    pause = Pause.objects.filter(action=action[:80], ended_at__isnull=True).first()
    changed = pause and Pause.objects.filter(id=pause.id, ended_at__isnull=True).update(
        ended_at=at, ended_by_name=by.name
    )
    if pause is None or not changed:
        raise Conflict("not_paused", action=action[:80])
    pause.refresh_from_db()
    audit.record("outbox.resume", action or "all", by=by, at=at, mode=pause.mode)
    doorbell.kick()
    _tell(pause)
    crashpoint("resume.recorded")
    return pause


def _tell(pause: Pause) -> None:
    """Whoever watches calls must know that what the agent promises does not leave."""
    told = [(topics.listing(pause.workspace_id, "wall"), {"kind": "pause.changed"})]
    bus.publish_after_commit(told)


def standing() -> list[Pause]:
    """What is stopped in the scope's workspace now, all actions first."""
    return list(Pause.objects.filter(ended_at__isnull=True).order_by("action"))


def in_flight(pause: Pause) -> int:
    """How many effects are still being sent under it: a drain is over at none."""
    flying = OutboxEntry.objects.filter(state=OutboxState.SENDING)
    return (flying.filter(action=pause.action) if pause.action else flying).count()


def waiting(pause: Pause) -> int:
    """How many effects it keeps from being sent."""
    found = OutboxEntry.objects.filter(state__in=[OutboxState.PENDING, OutboxState.RECONCILE])
    found = found.filter(action=pause.action) if pause.action else found
    later = found.filter(created_at__gt=pause.at)
    return (later if pause.mode == PauseMode.DRAIN else found).count()


def on(entry: OutboxEntry, standing: list[Pause]) -> Pause | None:
    """The pause that keeps this entry waiting, if any."""
    for pause in standing:
        later = pause.mode == PauseMode.PAUSE or entry.created_at > pause.at
        if pause.action in ("", entry.action) and later:
            return pause
    return None
