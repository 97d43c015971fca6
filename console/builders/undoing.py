"""The strip that takes a decision back: a person's last approval, while nothing of it was sent."""

from datetime import timedelta

from django.utils.translation import gettext as _

from approvals.models import Approval, OutboxEntry
from approvals.models.outbox_entry import OutboxState
from console.builders.look import Look
from console.pictures.review import UndoStrip
from runs.people import Actor

STRIP = timedelta(minutes=10)


def undo_strip(actor: Actor, look: Look) -> UndoStrip | None:
    """The person's last approval, while it can be taken back or was just taken back."""
    if actor.user_id is None:
        return None
    last = (
        Approval.objects.filter(user_id=actor.user_id, decision="approve", at__gt=look.now - STRIP)
        .select_related("proposal")
        .order_by("-at")
        .first()
    )
    if last is None:
        return None
    handle = last.proposal.public_id
    if last.undone_at is not None:
        recent = look.now - last.undone_at < timedelta(seconds=30)
        title_text, text = _("Approval undone."), _("Nothing was sent.")
        return (
            UndoStrip(key=handle, title=title_text, text=text, state="undone") if recent else None
        )
    waiting = list(OutboxEntry.objects.filter(approval=last, state=OutboxState.PENDING, attempts=0))
    entries = OutboxEntry.objects.filter(approval=last).count()
    if not waiting or len(waiting) < entries:
        return None
    return _strip(last, waiting, look)


def _strip(approval: Approval, waiting: list[OutboxEntry], look: Look) -> UndoStrip | None:
    handle = approval.proposal.public_id
    held = any(one.held for one in waiting)
    until = min(one.hold_until for one in waiting)
    left = round((until - look.now).total_seconds())
    if not held and left <= 0:
        return None
    return UndoStrip(
        key=handle,
        title=_("%(id)s approved.") % {"id": handle},
        text=_("Held until you release it.") if held else _("Sends in %(n)d s.") % {"n": left},
        state="held" if held else "running",
        undo_href=look.href("proposal-undo", handle),
        hold_href=look.href("proposal-hold", handle),
        until=None if held else until,
        seconds_left=max(0, left),
        seconds_total=max(1, round((until - approval.at).total_seconds())),
        sent_text=_("Queued."),
    )
