from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class Decision(models.TextChoices):
    APPROVE = "approve"
    REJECT = "reject"


class Approval(WorkspaceModel):
    """One person's recorded decision about one version of a proposal; `digest` is what was on the screen.

    `final` is the one that let the effects go (or refused); the others of a quorum count for their `stage`.
    """

    proposal = Inside("approvals.Proposal")
    version = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason_code = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=500, blank=True)
    user = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    user_name = models.CharField(max_length=120)
    role = models.CharField(max_length=20)
    stage = models.PositiveSmallIntegerField(default=0)
    final = models.BooleanField(default=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=40, blank=True)

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal"),
            models.UniqueConstraint(
                fields=["workspace", "proposal", "version", "user"],
                condition=models.Q(undone_at__isnull=True),
                name="approvals_approval_one_vote_per_person",
            ),
            models.UniqueConstraint(
                fields=["workspace", "proposal", "version"],
                condition=models.Q(undone_at__isnull=True, final=True),
                name="approvals_approval_one_final",
            ),
            one_of("decision", Decision, "decision"),
            models.CheckConstraint(
                condition=models.Q(decision="approve") | ~models.Q(reason_code=""),
                name="approvals_approval_reject_needs_reason",
            ),
        ]
