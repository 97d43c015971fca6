"""What a person was told: about whom, what, and when."""

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals import contents, notices
from approvals.models import Notice, Proposal, ProposalVersion
from approvals.models.attention import NoticeKind
from console.builders import queue
from console.builders.look import Look
from console.pictures import times
from console.pictures.attention import NoticeRow, NoticesPage
from voice.models import Call

_ICONS = {
    NoticeKind.WAITING: "inbox",
    NoticeKind.CONFLICT: "triangle-alert",
    NoticeKind.REMINDER: "clock",
    NoticeKind.ESCALATED: "clock",
    NoticeKind.DELEGATED: "user-check",
    NoticeKind.ASSIGNED: "phone",
    NoticeKind.DOUBT: "circle-help",
}


def page(found: Sequence[Notice], look: Look) -> NoticesPage:
    words = _words()
    subjects = _subjects(found, look)
    rows = tuple(
        NoticeRow(
            text=words[NoticeKind(one.kind)] % {"id": notices.subject(one)},
            about=subjects.get(one.proposal_id or one.call, ""),
            href=_about(one, look),
            at=times.when(one.at, now=look.now, style="relative"),
            icon=_ICONS.get(NoticeKind(one.kind), "bell"),
        )
        for one in found
    )
    return NoticesPage(rows=rows, read_action=look.href("notices-read"))


def _words() -> dict[NoticeKind, str]:
    return {
        NoticeKind.WAITING: _("%(id)s waits for a decision"),
        NoticeKind.CONFLICT: _("%(id)s came back: the CRM holds other values"),
        NoticeKind.QUESTION: _("%(id)s has a question for you"),
        NoticeKind.ANSWER: _("%(id)s has an answer to your question"),
        NoticeKind.MENTION: _("%(id)s has a comment that names you"),
        NoticeKind.REMINDER: _("%(id)s still waits: its time to decide runs out"),
        NoticeKind.ESCALATED: _("%(id)s was decided by nobody so far: see that somebody does"),
        NoticeKind.DELEGATED: _("%(id)s waits for somebody who is away: you stand in"),
        NoticeKind.ASSIGNED: _("%(id)s was given to you"),
        NoticeKind.DOUBT: _("%(id)s was sent, and nobody knows whether it arrived"),
    }


def _subjects(found: Sequence[Notice], look: Look) -> dict[uuid.UUID | str, str]:
    """What a proposal would do, who called: by the proposal's id or the call's. Three queries for all."""
    asked = [one.proposal_id for one in found if one.proposal_id is not None]
    wishes = Proposal.objects.filter(id__in=asked).select_related("customer", "run__release")
    proposals = {one.id: one for one in wishes}
    calls = [one.call for one in found if one.call]
    known: dict[uuid.UUID | str, str] = {
        one.public_id: look.caller(one)
        for one in Call.objects.filter(public_id__in=calls).select_related("customer")
    }
    for version in ProposalVersion.objects.filter(proposal__in=asked):
        proposal = proposals[version.proposal_id]
        if version.version == proposal.version:
            known[proposal.id] = queue.title(proposal, contents.load(version))
    return known


def _about(notice: Notice, look: Look) -> str:
    if notice.proposal is not None:
        return look.href("proposal", notice.proposal.public_id)
    if notice.kind == NoticeKind.DOUBT:
        return look.href("effect", notice.call)
    if notice.kind == NoticeKind.ASSIGNED:
        return look.href("live-call", notice.call)
    return f"{look.href('call', notice.call)}#comments"
