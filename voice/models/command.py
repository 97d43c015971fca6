from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class CommandState(models.TextChoices):
    PENDING = "pending"
    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Command(WorkspaceModel):
    """A verb of an operator, executed once by the process that owns the call. Redis only rings.

    pending (asked), sent (given to the provider), accepted (passed on by it, which proves nothing), done (seen),
    refused (nothing was done), unknown (it may have been, and is never done again by itself).
    """

    run = Inside("runs.Run")
    call = Inside("voice.Call")
    kind = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=80)
    by = models.CharField(max_length=120)
    state = models.CharField(
        max_length=8, choices=CommandState.choices, default=CommandState.PENDING
    )
    answer = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", "call"),
            models.UniqueConstraint(fields=["workspace", "key"], name="voice_command_key_unique"),
            one_of("state", CommandState, "state"),
        ]
