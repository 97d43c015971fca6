from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class WebhookState(models.TextChoices):
    NEW = "new"
    DONE = "done"
    DEAD = "dead"


class InboundWebhook(WorkspaceModel):
    """A delivery that was verified and stored once; what it means is worked out after the answer."""

    connection = Inside("voice.Connection")
    webhook_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    body = models.TextField()
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=8, choices=WebhookState.choices, default=WebhookState.NEW)
    conflicts = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    retention = "7 days"

    class Meta:
        constraints: ClassVar = [
            *isolated("connection", every=("state", "next_at")),
            models.UniqueConstraint(
                fields=["workspace", "connection", "webhook_id"],
                name="voice_inboundwebhook_id_unique",
            ),
            one_of("state", WebhookState, "state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state="new"),
                name="voice_inboundwebhook_new",
            )
        ]
