from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel
from runs.tenancy import isolated


class Breaker(WorkspaceModel):
    """How a connection has answered lately. After too many failures in a row nothing is sent until
    `open_until`; then one request at a time is the probe."""

    connection_id = models.UUIDField()
    failures = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()

    retention = "with its connection"

    class Meta:
        constraints: ClassVar = [
            *isolated(every=("connection_id", "failures", "open_until")),
            models.UniqueConstraint(
                fields=["workspace", "connection_id"], name="approvals_breaker_one"
            ),
        ]
