from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel
from runs.tenancy import isolated


class Agent(WorkspaceModel):
    """A voice profile and prompt (draft). Calls read the frozen copy in their release."""

    name = models.CharField(max_length=80)
    draft = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    retention = "until retired"

    class Meta:
        constraints: ClassVar = [
            *isolated(),
            models.UniqueConstraint(fields=["workspace", "name"], name="voice_agent_name_unique"),
        ]
