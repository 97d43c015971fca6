from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Number(WorkspaceModel):
    """An inbound number (E.164) and the workflow whose current release answers it."""

    e164 = models.CharField(max_length=20)
    description = models.CharField(max_length=120, blank=True)
    workflow = Inside("runs.Workflow")
    connection = Inside("voice.Connection")

    retention = "until removed"

    class Meta:
        constraints: ClassVar = [
            *isolated("workflow", "connection"),
            models.UniqueConstraint(fields=["workspace", "e164"], name="voice_number_e164_unique"),
        ]
