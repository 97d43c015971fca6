from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Reversal(WorkspaceModel):
    """What takes a confirmed effect back, made when it was confirmed: `payload` is the canonical JSON of a
    proposal's content, `digest` its SHA-256. It is proposed as it stands, or not at all."""

    entry = Inside("approvals.OutboxEntry")
    payload = models.TextField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("entry"),
            models.UniqueConstraint(fields=["workspace", "entry"], name="approvals_reversal_once"),
        ]
