from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Release(WorkspaceModel):
    """One publish, frozen: workflow, objective, agent, tools, actions and policy with their digest.

    `content` is the canonical JSON text (`runs.releases.Content` is its shape); `digest` its SHA-256.
    """

    workflow = Inside("runs.Workflow")
    number = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.BinaryField(max_length=32)
    published_by = models.ForeignKey(
        "runs.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField()

    retention = "as long as a run points to it"

    class Meta:
        constraints: ClassVar = [
            *isolated("workflow"),
            models.UniqueConstraint(
                fields=["workspace", "workflow", "number"], name="runs_release_number_unique"
            ),
        ]
