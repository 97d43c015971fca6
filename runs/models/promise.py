from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Promise(WorkspaceModel):
    """A commitment that the caller heard, with its quote."""

    run = Inside("runs.Run")
    text = models.CharField(max_length=400)
    kind = models.CharField(max_length=20)
    due = models.CharField(max_length=80, blank=True)
    evidence = Inside("runs.Evidence", null=True)
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [*isolated("run", "evidence")]
