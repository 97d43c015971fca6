from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Workflow(WorkspaceModel):
    """A workflow's draft: what may be published. Calls never read it; they read a release."""

    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    draft = models.JSONField(default=dict)
    current = Inside("runs.Release", null=True)
    updated_at = models.DateTimeField()

    retention = "until the workflow is retired"

    class Meta:
        constraints: ClassVar = [
            *isolated("current"),
            models.UniqueConstraint(fields=["workspace", "name"], name="runs_workflow_name_unique"),
        ]
