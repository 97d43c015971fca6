"""The approvals queue: what waits, and what was just decided."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import attention, contents, contradictions
from approvals.contents import Content
from approvals.models import OutboxEntry, Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import actions
from console.builders import place as places
from console.builders.look import Look
from console.builders.place import FIRST, Place
from console.pictures import times
from console.pictures.approvals import Queue, QueueRow
from console.pictures.pieces import Avatar, Cursor, Empty, Link
from console.words import fields
from console.words import gate as words
from runs import releases


def queue(place: Place, listed: places.Rows, look: Look, *, current: str) -> Queue:
    return Queue(
        rows=tuple(rows(listed.rows, look, current=current, place=place)),
        tabs=_tabs(place.tab, look),
        filters=places.filters(place, look),
        empty=None if listed.rows else _empty(place, look),
        cursor=_cursor(listed),
    )


def _cursor(listed: places.Rows) -> Cursor | None:
    if not listed.more and not listed.first:
        return None
    return Cursor(
        more_href=listed.more,
        more_text=_("Load %(n)d more") % {"n": places.PAGE},
        newer_href=listed.first,
        newer_text=_("From the beginning"),
    )


def rows(
    found: Sequence[Proposal], look: Look, *, current: str = "", place: Place = FIRST
) -> list[QueueRow]:
    """Three queries for all rows."""
    known = {one.id: one.version for one in found}
    versions = {
        version.proposal_id: version
        for version in ProposalVersion.objects.filter(proposal__in=found)
        if known[version.proposal_id] == version.version
    }
    entries = entries_of([one.id for one in found])
    return [
        replace(
            _row(one, contents.load(versions[one.id]), entries.get(one.id, []), look),
            href=place.href(look, one.public_id),
            current=one.public_id == current,
        )
        for one in found
        if one.id in versions
    ]


def entries_of(proposal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[OutboxEntry]]:
    """Effects by proposal, without those of an approval that was undone."""
    found: dict[uuid.UUID, list[OutboxEntry]] = {}
    query = OutboxEntry.objects.filter(
        proposal_id__in=proposal_ids, approval__undone_at__isnull=True
    ).select_related("after")
    for entry in query.order_by("created_at", "id"):
        if entry.proposal_id is not None:
            found.setdefault(entry.proposal_id, []).append(entry)
    return found


def _row(
    proposal: Proposal,
    content: Content,
    entries: list[OutboxEntry],
    look: Look,
) -> QueueRow:
    quotes = len({one for change in content.changes for one in change.evidence})
    pending = proposal.state == ProposalState.PENDING
    state = words.proposal_state(proposal.state)
    return QueueRow(
        key=proposal.public_id,
        order=f"{proposal.approve_by:%y%m%d%H%M%S%f}{proposal.id.hex[:15]}",
        href=look.href("proposal", proposal.public_id),
        title=title(proposal, content),
        text=what(proposal, content),
        age=times.when(proposal.proposed_at, now=look.now, style="relative"),
        risk=words.risk(proposal.risk, short=True),
        due_text=times.left(proposal.approve_by, now=look.now) if pending else "",
        conflict=_("Changed there") if proposal.state == ProposalState.CONFLICT else "",
        viewer=_viewer(proposal, look),
        overdue=pending and proposal.approve_by < look.now,
        evidence_count=quotes,
        evidence_words=ngettext("%(n)d quote", "%(n)d quotes", quotes) % {"n": quotes},
        decided_text="" if proposal.state in places.WAITING else decided_text(proposal),
        decided_tone=state.tone,
        decided_icon=state.icon,
        progress_text=progress(entries, look),
        doubt=pending and proposal.rule.startswith(contradictions.RULE),
        version=proposal.version,
    )


def _viewer(proposal: Proposal, look: Look) -> Avatar | None:
    who = proposal.claimed_by if attention.reviewer(proposal, look.now) else None
    return Avatar(initials=who.initials, name=who.name) if who else None


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


def _tabs(tab: str, look: Look) -> tuple[Link, ...]:
    here = look.href("approvals")
    resting = Proposal.objects.filter(attention.resting(look.now)).count()
    waiting = Proposal.objects.filter(state__in=places.WAITING).count() - resting
    snoozed = Link(
        text=_("Snoozed"), href=f"{here}?queue=snoozed", count=resting, current=tab == "snoozed"
    )
    return (
        Link(text=_("To review"), href=here, count=waiting, current=tab == "review"),
        *((snoozed,) if resting or tab == "snoozed" else ()),
        Link(text=_("Mine"), href=f"{here}?queue=mine", current=tab == "mine"),
        Link(text=_("Decided"), href=f"{here}?queue=decided", current=tab == "decided"),
    )


def _empty(place: Place, look: Look) -> Empty:
    if place.only:
        all_ = Link(text=_("Clear filters"), href=look.href("approvals"))
        return Empty(title=_("No proposals match these filters"), link=all_)
    if place.tab == "snoozed":
        return Empty(title=_("Nothing rests"), text=_("What is snoozed comes back by itself."))
    if place.tab != "review":
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
