from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Attempt(WorkspaceModel):
    """One try of an outbox entry; the row is written before the work, so a crash counts as a try."""

    entry = Inside("approvals.OutboxEntry")
    number = models.PositiveIntegerField()
    lease = models.UUIDField()
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    wired_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, blank=True)
    status = models.PositiveIntegerField(null=True)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=200, blank=True)

    retention = "30 days, then the answer becomes its digest"

    class Meta:
        constraints: ClassVar = [
            *isolated("entry"),
            models.UniqueConstraint(
                fields=["workspace", "entry", "number"], name="approvals_attempt_number_unique"
            ),
        ]
