"""The approvals queue: what waits, what was just decided, and the strip that takes a decision back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import contents
from approvals.contents import Content
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from console.builders import actions
from console.builders.look import Look
from console.pictures import times
from console.pictures.approvals import Queue, QueueRow
from console.pictures.pieces import Cursor, Empty, Link
from console.pictures.review import UndoStrip
from console.words import fields
from console.words import gate as words
from runs import releases
from runs.people import Actor

PAGE = 50
STAYS = timedelta(minutes=2)  # a decided row keeps its place for this long
STRIP = timedelta(minutes=10)
TABS = ("review", "mine", "decided")


def proposals(tab: str, actor: Actor, look: Look) -> QuerySet[Proposal]:
    found = Proposal.objects.select_related("run__release", "customer", "decided_by")
    if tab == "mine":
        return found.filter(decided_by_id=actor.user_id).order_by("-decided_at", "-id")
    if tab == "decided":
        return found.exclude(state=ProposalState.PENDING).order_by("-decided_at", "-id")
    waiting = Q(state=ProposalState.PENDING) | Q(decided_at__gt=look.now - STAYS)
    return found.filter(waiting).order_by("approve_by", "id")


def queue(
    tab: str, found: Sequence[Proposal], actor: Actor, look: Look, *, current: str, more: str
) -> Queue:
    return Queue(
        rows=tuple(rows(found, look, current=current, tab=tab)),
        tabs=_tabs(tab, actor, look),
        empty=None if found else _empty(tab, look),
        cursor=Cursor(more_href=more, more_text=_("Load 50 more")) if more else None,
    )


def rows(
    found: Sequence[Proposal], look: Look, *, current: str = "", tab: str = "review"
) -> list[QueueRow]:
    """Three queries for all rows."""
    versions = {
        version.proposal_id: version
        for version in ProposalVersion.objects.filter(proposal__in=found)
        if any(one.id == version.proposal_id and one.version == version.version for one in found)
    }
    entries = entries_of([one.id for one in found])
    return [
        _row(one, contents.load(versions[one.id]), entries.get(one.id, []), look, current, tab)
        for one in found
        if one.id in versions
    ]


def entries_of(proposal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[OutboxEntry]]:
    """Effects by proposal, without those of an approval that was undone."""
    found: dict[uuid.UUID, list[OutboxEntry]] = {}
    query = OutboxEntry.objects.filter(
        proposal_id__in=proposal_ids, approval__undone_at__isnull=True
    )
    for entry in query.order_by("created_at", "id"):
        if entry.proposal_id is not None:
            found.setdefault(entry.proposal_id, []).append(entry)
    return found


def _row(
    proposal: Proposal,
    content: Content,
    entries: list[OutboxEntry],
    look: Look,
    current: str,
    tab: str,
) -> QueueRow:
    quotes = len({one for change in content.changes for one in change.evidence})
    pending = proposal.state == ProposalState.PENDING
    state = words.proposal_state(proposal.state)
    suffix = "" if tab == "review" else f"?queue={tab}"
    return QueueRow(
        key=proposal.public_id,
        order=f"{proposal.approve_by:%Y%m%d%H%M%S%f}{proposal.id}",
        href=look.href("proposal", proposal.public_id) + suffix,
        title=title(proposal, content),
        text=what(proposal, content),
        age=times.when(proposal.proposed_at, now=look.now, style="relative"),
        risk=words.risk(proposal.risk, short=True),
        due_text=times.left(proposal.approve_by, now=look.now) if pending else "",
        overdue=pending and proposal.approve_by < look.now,
        evidence_count=quotes,
        evidence_words=ngettext("%(n)d quote", "%(n)d quotes", quotes) % {"n": quotes},
        decided_text="" if pending else decided_text(proposal),
        decided_tone=state.tone,
        decided_icon=state.icon,
        progress_text=progress(entries, look),
        current=proposal.public_id == current,
    )


def title(proposal: Proposal, content: Content) -> str:
    """Verb, object, person: "Update contact · Dana Whitfield"."""
    key = content.effects[0].action
    configured = releases.action_of(releases.content_of(proposal.run.release), key)
    action = words.action_verb(configured.type, key) if configured else key
    if proposal.customer is None:
        return action
    return _("%(what)s · %(who)s") % {"what": action, "who": proposal.customer.name}


def what(proposal: Proposal, content: Content) -> str:
    """ "4 fields, then Follow-up email"."""
    count = len(content.changes)
    shown = ngettext("%(n)d field", "%(n)d fields", count) % {"n": count}
    if 0 < count <= 2:
        shown = ", ".join(fields.label(one.field, one.label) for one in content.changes)
    release = releases.content_of(proposal.run.release)
    later = [effect_title(effect.action, release) for effect in content.effects[1:]]
    if not later:
        return shown
    return _("%(fields)s, then %(effects)s") % {"fields": shown, "effects": ", ".join(later)}


def effect_title(action: str, release: releases.Content) -> str:
    configured = releases.action_of(release, action)
    return words.action_title(configured.type, action) if configured else action


def decided_text(proposal: Proposal) -> str:
    state = words.proposal_state(proposal.state)
    if proposal.decided_by is None:
        return state.text
    name = proposal.decided_by.name
    if proposal.state == ProposalState.APPROVED:
        return _("Approved by %(name)s") % {"name": name}
    if proposal.state == ProposalState.REJECTED:
        return _("Rejected by %(name)s") % {"name": name}
    return state.text


def progress(entries: Sequence[OutboxEntry], look: Look) -> str:
    """The state of the effect that is furthest behind."""
    if not entries:
        return ""
    order = (
        *("unknown", "failed", "retrying", "reconcile", "sending", "held", "hold", "queued"),
        *("cancelled", "superseded", "succeeded"),
    )
    keys = [words.entry_key(one, in_hold=actions.in_hold(one, look)) for one in entries]
    worst = min(keys, key=order.index)
    if worst == "hold":
        until = min(one.hold_until for one in entries if one.attempts == 0)
        seconds = max(1, round((until - look.now).total_seconds()))
        return _("Sends in %(n)d s") % {"n": seconds}
    return words.entry_state(worst).text


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


def _tabs(tab: str, actor: Actor, look: Look) -> tuple[Link, ...]:
    here = look.href("approvals")
    waiting = Proposal.objects.filter(state=ProposalState.PENDING).count()
    return (
        Link(text=_("To review"), href=here, count=waiting, current=tab == "review"),
        Link(text=_("Mine"), href=f"{here}?queue=mine", current=tab == "mine"),
        Link(text=_("Decided"), href=f"{here}?queue=decided", current=tab == "decided"),
    )


def _empty(tab: str, look: Look) -> Empty:
    if tab != "review":
        return Empty(title=_("Nothing decided yet"), text=_("What was decided is listed here."))
    last = Proposal.objects.filter(decided_at__isnull=False).order_by("-decided_at").first()
    text = _("New proposals appear here when a call ends.")
    if last is not None and last.decided_at is not None:
        clock = times.when(last.decided_at, now=look.now).text
        text = _(
            "New proposals appear here when a call ends. The last one was decided at %(clock)s."
        ) % {"clock": clock}
    decided = Link(text=_("See decided"), href=f"{look.href('approvals')}?queue=decided")
    return Empty(title=_("All caught up"), text=text, link=decided)
