"""The outbox: effects on their way, by what they need."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import OutboxEntry
from console.builders import actions, cursors, delivery
from console.builders.look import Look
from console.pictures import times
from console.pictures.outbox import OutboxGroup, OutboxPage, OutboxRow
from console.pictures.pieces import Cursor, Empty, Topic
from console.words import gate as words
from runs.live.feeds import stamp

PAGE = 100
GROUPS = ("needs_you", "retrying", "held", "confirmed", "cancelled")
_GROUP_OF = {
    "unknown": "needs_you",
    "failed": "needs_you",
    "retrying": "retrying",
    "reconcile": "retrying",
    "held": "held",
    "hold": "held",
    "queued": "held",
    "sending": "held",
    "succeeded": "confirmed",
    "cancelled": "cancelled",
    "superseded": "cancelled",
}


def entries() -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.select_related("run", "proposal")


def outbox_page(look: Look, *, cursor: str) -> OutboxPage:
    version = stamp()
    found = list(
        cursors.after(entries(), cursor, "created_at").order_by("-created_at", "-id")[: PAGE + 1]
    )
    shown = found[:PAGE]
    return OutboxPage(
        groups=tuple(_groups(shown, look)),
        topic=Topic(name="outbox", after=version),
        as_of=look.as_of(),
        empty=None if shown else _empty(),
        cursor=_more(found, look),
    )


def group_of(entry: OutboxEntry, look: Look) -> str:
    return _GROUP_OF[words.entry_key(entry, in_hold=actions.in_hold(entry, look))]


def row(entry: OutboxEntry, look: Look) -> OutboxRow:
    pill = actions.entry_pill(entry, look)
    reference = str((entry.result or {}).get("reference", ""))
    step = f"effect-{entry.public_id}"
    run_href = look.href("run", entry.run.public_id)
    proposal = entry.proposal
    return OutboxRow(
        key=entry.public_id,
        order=f"{10**13 - int(entry.created_at.timestamp() * 1000):014d}{entry.public_id}",
        href=f"{run_href}?step={step}",
        title=words.action_title(entry.action_type, entry.action),
        api_name=entry.action,
        recipient=delivery.recipient(entry, look),
        status=pill,
        text=_text(entry, look),
        at=times.when(entry.finished_at or entry.created_at, now=look.now, style="seconds"),
        handle=look.handle(entry.public_id),
        attempts_text=ngettext("%(n)d attempt", "%(n)d attempts", entry.attempts)
        % {"n": entry.attempts}
        if entry.attempts
        else "",
        external_id=reference[:40],
        icon=words.action_icon(entry.action_type),
        proposal=look.handle(proposal.public_id, look.href("proposal", proposal.public_id))
        if proposal
        else None,
        run=look.handle(entry.run.public_id, run_href),
    )


def _text(entry: OutboxEntry, look: Look) -> str:
    if entry.reason:
        return words.entry_reason(entry.reason)
    if entry.state == "succeeded":
        return _("Accepted")
    if entry.held:
        return _("Held until a person releases it")
    if actions.in_hold(entry, look):
        clock = times.when(entry.hold_until, now=look.now, style="seconds").text
        return _("May be undone until %(clock)s") % {"clock": clock}
    return ""


def group_titles() -> dict[str, str]:
    return {
        "needs_you": _("Needs you"),
        "retrying": _("Retrying"),
        "held": _("Held and queued"),
        "confirmed": _("Recently confirmed"),
        "cancelled": _("Cancelled"),
    }


def _groups(shown: Sequence[OutboxEntry], look: Look) -> Iterable[OutboxGroup]:
    if not shown:
        return
    by_group: dict[str, list[OutboxEntry]] = {key: [] for key in GROUPS}
    for entry in shown:
        by_group[group_of(entry, look)].append(entry)
    titles = group_titles()
    for key in GROUPS:
        # One empty group is drawn: a new effect begins in its hold and needs a place to go.
        if by_group[key] or key == "held":
            rows = tuple(row(entry, look) for entry in by_group[key])
            yield OutboxGroup(key=key, title=titles[key], rows=rows)


def _empty() -> Empty:
    return Empty(
        title=_("Nothing on its way"),
        text=_("What is approved, or allowed by a rule, leaves from here."),
    )


def _more(found: Sequence[OutboxEntry], look: Look) -> Cursor | None:
    if len(found) <= PAGE:
        return None
    last = found[PAGE - 1]
    href = f"{look.href('outbox')}?after={cursors.make(last.created_at, last.id)}"
    return Cursor(more_href=href, more_text=_("Load 100 more"))
