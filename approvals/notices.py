"""Notices: what a person is told about proposals and calls, once; in the app at once, by mail as one digest."""

import logging
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core import mail
from django.db.models import QuerySet

from approvals import standins
from approvals.models import Notice, OutboxEntry, Proposal
from approvals.models.attention import NoticeKind
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import bus, handles, scope, topics
from runs.access import Permission, holders, people_with
from runs.crashpoints import crashpoint
from runs.models import Membership, Run, User, Workspace
from runs.people import Actor

logger = logging.getLogger(__name__)

# Whoever sees it in the app within this time gets no mail about it.
PATIENCE = timedelta(minutes=5)
BATCH = 50
LISTED = 20
# They ask for a decision: once there is one they say nothing any more.
_WHILE_PENDING = (
    NoticeKind.WAITING,
    NoticeKind.REMINDER,
    NoticeKind.ESCALATED,
    NoticeKind.DELEGATED,
)


def tell(
    proposal: Proposal, people: Collection[Any], kind: NoticeKind, *, about: str, at: datetime
) -> None:
    """Tell these people, and for who is away the one who stands in; telling the same again does nothing."""
    known = {one for one in people if one is not None}
    told = standins.extended(known, proposal, at) if known else set()
    _put(
        [
            Notice(
                workspace_id=proposal.workspace_id,
                proposal=proposal,
                user_id=one,
                kind=kind,
                about=about[:40],
                at=at,
            )
            for one in sorted(told, key=str)
        ]
    )


def tell_of_call(
    run: Run, call: str, people: Collection[Any], kind: NoticeKind, *, about: str, at: datetime
) -> None:
    """Tell these people about the call of a run; `call` is its public id."""
    _put(
        [
            Notice(
                workspace_id=run.workspace_id,
                run=run,
                call=call,
                user_id=one,
                kind=kind,
                about=about[:40],
                at=at,
            )
            for one in sorted({*people} - {None}, key=str)
        ]
    )


def tell_of_doubts(entries: Sequence[OutboxEntry], *, at: datetime) -> None:
    """Tell who may resolve it of each effect of which nobody knows whether it happened: once an effect."""
    by_workspace: dict[uuid.UUID, list[OutboxEntry]] = {}
    for entry in entries:
        by_workspace.setdefault(entry.workspace_id, []).append(entry)
    for workspace_id, doubted in by_workspace.items():
        people = people_with(Permission.MANAGE_OUTBOX, workspace_id)
        _put(
            [
                Notice(
                    workspace_id=workspace_id,
                    run_id=entry.run_id,
                    call=entry.public_id,
                    user_id=user_id,
                    kind=NoticeKind.DOUBT,
                    about=str(entry.id),
                    at=at,
                )
                for entry in doubted
                for user_id, _name in people
            ]
        )


def _put(rows: list[Notice]) -> None:
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    _ring({(row.workspace_id, row.user_id) for row in rows if row.user_id is not None})


def _ring(people: Collection[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """The pages that these people (workspace, person) have open count anew."""
    told = [(topics.person(*one), {"kind": "notice.changed"}) for one in sorted(people)]
    bus.publish_after_commit(told)


def tell_deciders(proposal: Proposal, kind: NoticeKind, *, about: str, at: datetime) -> None:
    """Whoever may decide in this workspace, and whom the first stage asks besides."""
    first = proposal.stages[0]["roles"] if proposal.stages else []
    roles = {*holders(Permission.DECIDE_PROPOSAL), *first}
    tell_roles(proposal, roles, kind, about=about, at=at)


def tell_roles(
    proposal: Proposal, roles: Collection[str], kind: NoticeKind, *, about: str, at: datetime
) -> None:
    people = Membership.objects.filter(
        workspace_id=proposal.workspace_id, roles__overlap=sorted(roles)
    )
    tell(proposal, {*people.values_list("user_id", flat=True)}, kind, about=about, at=at)


def unread(by: Actor) -> QuerySet[Notice]:
    """What this person has not read, newest first. What was decided or resolved meanwhile waits for nobody."""
    found = _mine(by)
    over = found.filter(kind__in=_WHILE_PENDING).exclude(proposal__state=ProposalState.PENDING)
    open_doubts = OutboxEntry.objects.filter(state=OutboxState.UNKNOWN).values("public_id")
    settled = found.filter(kind=NoticeKind.DOUBT).exclude(call__in=open_doubts)
    found = found.exclude(id__in=over.values("id")).exclude(id__in=settled.values("id"))
    return found.select_related("proposal").order_by("-at", "-id")


def of_proposal(proposal: Proposal, kinds: Collection[NoticeKind]) -> list[Notice]:
    """Who was told what about it, read or not."""
    return list(Notice.objects.filter(proposal=proposal, kind__in=list(kinds)).order_by("at", "id"))


def mark_read(
    by: Actor,
    *,
    at: datetime,
    proposal: Proposal | None = None,
    run: Run | None = None,
    kind: NoticeKind | None = None,
    effect: OutboxEntry | None = None,
) -> int:
    """One's own notices; of one proposal, run, kind or effect where it is given. A doubt about an effect of
    a run is read on the page of the effect only."""
    found = _mine(by)
    found = found.filter(proposal=proposal) if proposal is not None else found
    found = found.filter(run=run).exclude(kind=NoticeKind.DOUBT) if run is not None else found
    found = found.filter(kind=kind) if kind is not None else found
    found = found.filter(call=effect.public_id) if effect is not None else found
    read = found.update(read_at=at)
    if read and by.user_id is not None:
        _ring([(by.workspace_id, by.user_id)])
    return read


def _mine(by: Actor) -> QuerySet[Notice]:
    found = Notice.objects.filter(read_at__isnull=True)
    return found.filter(user_id=by.user_id) if by.user_id is not None else found.none()


def mail_due() -> int:
    """Send each person one digest of what they have not seen; returns how many. Run outside a scope.

    A mail server that cannot be reached costs nothing: nothing is marked before it has answered.
    """
    with scope.every_workspace():
        before = scope.now() - PATIENCE
        due = Notice.objects.filter(mailed_at__isnull=True, read_at__isnull=True, at__lte=before)
        found = sorted({*due.values_list("workspace_id", flat=True)[: BATCH * LISTED]}, key=str)
    if not found:
        return 0
    try:
        with mail.get_connection() as post:
            return sum(_mail_workspace(workspace_id, post) for workspace_id in found)
    except (OSError, SMTPException):
        logger.warning("notices: no mail server", exc_info=True)
        return 0


def _mail_workspace(workspace_id: uuid.UUID, post: Any) -> int:
    with scope.workspace(workspace_id):
        due = Notice.objects.filter(mailed_at__isnull=True, read_at__isnull=True)
        people = list(due.exclude(user=None).values_list("user_id", flat=True).distinct()[:BATCH])
    return sum(mail_person(workspace_id, user_id, post) for user_id in people)


def mail_person(workspace_id: uuid.UUID, user_id: uuid.UUID, post: Any = None) -> int:
    """Marked and committed before it is sent: a crash between loses a reminder, never doubles one, and the
    notice stays in the app."""
    with scope.workspace(workspace_id):
        at = scope.now()
        due = list(
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(user_id=user_id, mailed_at__isnull=True, read_at__isnull=True)
            .filter(at__lte=at - PATIENCE)
            .select_related("proposal")
            .order_by("at", "id")
        )
        Notice.objects.filter(id__in=[one.id for one in due]).update(mailed_at=at)
        waiting = [one for one in due if _still_matters(one)]
        user = User.objects.filter(id=user_id, is_active=True).first()
        workspace = Workspace.objects.get(id=workspace_id)
    if not waiting or user is None:
        return 0
    subject, body = digest(waiting, workspace)
    crashpoint("reminder.before")
    sent = mail.send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email], connection=post)
    crashpoint("reminder.sent")
    return sent


def _still_matters(notice: Notice) -> bool:
    if notice.kind == NoticeKind.DOUBT:
        return OutboxEntry.objects.filter(public_id=notice.call, state=OutboxState.UNKNOWN).exists()
    if notice.kind not in _WHILE_PENDING or notice.proposal is None:
        return True
    return notice.proposal.state == ProposalState.PENDING


_WORDS = {
    NoticeKind.WAITING: "waits for a decision",
    NoticeKind.CONFLICT: "came back: the other side holds other values",
    NoticeKind.QUESTION: "has a question for you",
    NoticeKind.ANSWER: "has an answer to your question",
    NoticeKind.MENTION: "has a comment that names you",
    NoticeKind.REMINDER: "still waits: its time to decide runs out",
    NoticeKind.ESCALATED: "was decided by nobody so far: see that somebody does",
    NoticeKind.DELEGATED: "waits for somebody who is away: you stand in",
    NoticeKind.ASSIGNED: "was given to you",
    NoticeKind.DOUBT: "was sent, and nobody knows whether it arrived: see what happened and say so",
}


def digest(found: Collection[Notice], workspace: Workspace) -> tuple[str, str]:
    """Subject and text: ids, kinds and addresses of pages; nobody's data, and no link that decides."""
    lines = [
        f"{subject(one)} {_WORDS[NoticeKind(one.kind)]}\n{_address(one, workspace)}"
        for one in list(found)[:LISTED]
    ]
    more = len(found) - LISTED
    lines += [f"and {more} more"] if more > 0 else []
    title = f"{workspace.name}: {len(found)} for you in Readback"
    return title, "\n\n".join([*lines, "Opening a page decides nothing. You sign in first."])


def subject(notice: Notice) -> str:
    """The public id of what it is about."""
    return notice.proposal.public_id if notice.proposal is not None else notice.call


def _address(notice: Notice, workspace: Workspace) -> str:
    if notice.proposal is None:
        return f"{settings.BASE_URL}/h/{handles.make(workspace.slug, notice.call)}"
    return f"{settings.BASE_URL}/w/{workspace.slug}/approvals/{notice.proposal.public_id}/"
