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
    TAKEN = "taken"


class Remark(WorkspaceModel):
    """What somebody wrote about a proposal, or at a place of a run (`anchor`: "turn:<id>", "field:<key>").

    A question about a proposal stays open until an answer follows it; a place stays open until somebody
    resolves it. One that was deleted keeps its row, without its words.
    """

    proposal = Inside("approvals.Proposal", null=True)
    run = Inside("runs.Run", null=True)
    anchor = models.CharField(max_length=140, blank=True, default="")
    kind = models.CharField(max_length=8, choices=RemarkKind.choices)
    text = models.CharField(max_length=2000, blank=True)
    # Kind `taken`: from whom the review was taken over; the text says why, where it was said.
    from_name = models.CharField(max_length=120, blank=True, default="")
    user = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    user_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True, default="")

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal", "run"),
            one_of("kind", RemarkKind, "kind"),
            models.CheckConstraint(
                condition=~models.Q(text="")
                | models.Q(deleted_at__isnull=False)
                | models.Q(kind="taken"),
                name="approvals_remark_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(proposal__isnull=False, run__isnull=True, anchor="")
                | models.Q(proposal__isnull=True, run__isnull=False) & ~models.Q(anchor=""),
                name="approvals_remark_has_one_place",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "proposal"], name="approvals_remark_by_proposal"),
            models.Index(
                fields=["workspace", "run", "at"],
                condition=models.Q(run__isnull=False),
                name="approvals_remark_by_run",
            ),
        ]


class NoticeKind(models.TextChoices):
    MENTION = "mention"
    QUESTION = "question"
    ANSWER = "answer"
    WAITING = "waiting"
    CONFLICT = "conflict"
    REMINDER = "reminder"
    ESCALATED = "escalate"
    DELEGATED = "delegate"
    ASSIGNED = "assigned"
    DOUBT = "doubt"


class Notice(WorkspaceModel):
    """One thing that one person is told, once: `about` names the event. It holds no words of a call.

    It is about a proposal, or about the call of a run, whose public id is `call`; of a doubt that is the
    public id of the effect.
    """

    proposal = Inside("approvals.Proposal", null=True)
    run = Inside("runs.Run", null=True)
    call = models.CharField(max_length=16, blank=True, default="")
    user = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    about = models.CharField(max_length=40)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    retention = "with its proposal or run"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal", "run", every=("at", "read_at", "mailed_at")),
            one_of("kind", NoticeKind, "kind"),
            models.CheckConstraint(
                condition=models.Q(proposal__isnull=False, run__isnull=True, call="")
                | models.Q(proposal__isnull=True, run__isnull=False) & ~models.Q(call=""),
                name="approvals_notice_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=["workspace", "run", "user", "kind", "about"],
                condition=models.Q(run__isnull=False),
                name="approvals_notice_of_run_once",
            ),
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
