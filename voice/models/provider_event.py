from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class ProviderEvent(WorkspaceModel):
    """A frame as it arrived: type, ids, size, order and time; its text and digit fields redacted.

    `event_key` is the provider's event id, or made from epoch and arrival where a frame has none: a frame
    that is delivered twice is stored once.
    """

    call = Inside("voice.Call")
    epoch = models.BigIntegerField()
    arrival = models.BigIntegerField()
    event_key = models.CharField(max_length=120)
    type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    frame = models.JSONField(null=True)
    at = models.DateTimeField()

    retention = "30 days"

    class Meta:
        constraints: ClassVar = [
            *isolated("call"),
            models.UniqueConstraint(
                fields=["workspace", "call", "event_key"], name="voice_providerevent_key_unique"
            ),
        ]
