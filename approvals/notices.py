"""Notices: what a person is told about proposals, once; in the app at once, by mail as one digest."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import mail
from django.db.models import QuerySet

from approvals.models import Notice, Proposal
from approvals.models.attention import NoticeKind
from approvals.models.proposal import ProposalState
from runs import scope
from runs.access import Permission, holders
from runs.models import Membership, User, Workspace
from runs.people import Actor

# Whoever sees it in the app within this time gets no mail about it.
PATIENCE = timedelta(minutes=5)
BATCH = 50
LISTED = 20


def tell(
    proposal: Proposal, people: Collection[Any], kind: NoticeKind, *, about: str, at: datetime
) -> None:
    """Tell these people; telling the same again does nothing."""
    Notice.objects.bulk_create(
        [
            Notice(
                workspace_id=proposal.workspace_id,
                proposal=proposal,
                user_id=one,
                kind=kind,
                about=about[:40],
                at=at,
            )
            for one in sorted(set(people), key=str)
            if one is not None
        ],
        ignore_conflicts=True,
    )


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
    """What this person has not read, newest first. What was decided meanwhile waits for nobody."""
    found = _mine(by)
    over = found.filter(kind=NoticeKind.WAITING).exclude(proposal__state=ProposalState.PENDING)
    return found.exclude(id__in=over.values("id")).select_related("proposal").order_by("-at", "-id")


def mark_read(by: Actor, *, at: datetime, proposal: Proposal | None = None) -> int:
    """One's own notices; of one proposal where it is given."""
    found = _mine(by)
    found = found.filter(proposal=proposal) if proposal is not None else found
    return found.update(read_at=at)


def _mine(by: Actor) -> QuerySet[Notice]:
    found = Notice.objects.filter(read_at__isnull=True)
    return found.filter(user_id=by.user_id) if by.user_id is not None else found.none()


def mail_due() -> int:
    """Send each person one digest of what they have not seen; returns how many. Run outside a scope."""
    with scope.every_workspace():
        before = scope.now() - PATIENCE
        due = Notice.objects.filter(mailed_at__isnull=True, read_at__isnull=True, at__lte=before)
        found = sorted({*due.values_list("workspace_id", flat=True)[: BATCH * LISTED]}, key=str)
    return sum(_mail_workspace(workspace_id) for workspace_id in found)


def _mail_workspace(workspace_id: uuid.UUID) -> int:
    with scope.workspace(workspace_id):
        due = Notice.objects.filter(mailed_at__isnull=True, read_at__isnull=True)
        people = list(due.exclude(user=None).values_list("user_id", flat=True).distinct()[:BATCH])
    return sum(mail_person(workspace_id, user_id) for user_id in people)


def mail_person(workspace_id: uuid.UUID, user_id: uuid.UUID) -> int:
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
    return mail.send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])


def _still_matters(notice: Notice) -> bool:
    return notice.kind != NoticeKind.WAITING or notice.proposal.state == ProposalState.PENDING


def digest(found: Collection[Notice], workspace: Workspace) -> tuple[str, str]:
    """Subject and text: ids, kinds and addresses of pages; nobody's data, and no link that decides."""
    words = {
        NoticeKind.WAITING: "waits for a decision",
        NoticeKind.CONFLICT: "came back: the other side holds other values",
        NoticeKind.QUESTION: "has a question for you",
        NoticeKind.ANSWER: "has an answer to your question",
        NoticeKind.MENTION: "has a comment that names you",
    }
    base = settings.BASE_URL
    lines = [
        f"{one.proposal.public_id} {words[NoticeKind(one.kind)]}\n"
        f"{base}/w/{workspace.slug}/approvals/{one.proposal.public_id}/"
        for one in list(found)[:LISTED]
    ]
    more = len(found) - LISTED
    lines += [f"and {more} more"] if more > 0 else []
    subject = f"{workspace.name}: {len(found)} for you in Readback"
    return subject, "\n\n".join([*lines, "Opening a page decides nothing. You sign in first."])
