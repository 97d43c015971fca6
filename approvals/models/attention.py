"""What people do around a proposal before it is decided, and who is told."""

from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class OpenField(WorkspaceModel):
    """A field of a record that an open proposal would change. One open wish for each: the unique key says so.

    The database takes the row away when its proposal stops to be pending.
    """

    proposal = Inside("approvals.Proposal")
    target = models.CharField(max_length=160)
    field = models.CharField(max_length=80)

    retention = "with its proposal"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal"),
            models.UniqueConstraint(
                fields=["workspace", "target", "field"], name="approvals_openfield_one_open"
            ),
        ]


class Joining(WorkspaceModel):
    """A later wish that became part of an open proposal. `version` is the one that it made or met."""

    proposal = Inside("approvals.Proposal")
    step = Inside("runs.Step")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal", "step"),
            models.UniqueConstraint(fields=["workspace", "step"], name="approvals_joining_once"),
        ]


class RemarkKind(models.TextChoices):
    COMMENT = "comment"
    QUESTION = "question"
    ANSWER = "answer"


class Remark(WorkspaceModel):
    """What somebody wrote about a proposal. A question stays open until an answer follows it."""

    proposal = Inside("approvals.Proposal")
    kind = models.CharField(max_length=8, choices=RemarkKind.choices)
    text = models.CharField(max_length=2000)
    user = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    user_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal"),
            one_of("kind", RemarkKind, "kind"),
            models.CheckConstraint(
                condition=~models.Q(text=""), name="approvals_remark_says_something"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "proposal"], name="approvals_remark_by_proposal")
        ]


class NoticeKind(models.TextChoices):
    MENTION = "mention"
    QUESTION = "question"
    ANSWER = "answer"
    WAITING = "waiting"
    CONFLICT = "conflict"


class Notice(WorkspaceModel):
    """One thing that one person is told, once: `about` names the event. It holds no words of a call."""

    proposal = Inside("approvals.Proposal")
    user = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    about = models.CharField(max_length=40)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    retention = "with its proposal"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal", every=("at", "read_at", "mailed_at")),
            one_of("kind", NoticeKind, "kind"),
            models.UniqueConstraint(
                fields=["workspace", "proposal", "user", "kind", "about"],
                name="approvals_notice_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "user", "at"],
                condition=models.Q(read_at__isnull=True),
                name="approvals_notice_unread",
            )
        ]
