from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class SummaryState(models.TextChoices):
    DRAFT = "draft"
    APPROVED = "approved"


class Summary(WorkspaceModel):
    """One version of a call's summary. `sections` is a list of
    {"key": str, "source": actor, "sentences": [{"text": str, "evidence": [evidence public ids]}]}.
    Version 1 is the agent's draft and stays; an approved version locks.
    """

    run = Inside("runs.Run")
    version = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=SummaryState.choices, default=SummaryState.DRAFT
    )
    sections = models.JSONField()
    based_on = models.PositiveIntegerField(null=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    approved_by = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True)

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run"),
            models.UniqueConstraint(
                fields=["workspace", "run", "version"], name="runs_summary_version_unique"
            ),
            one_of("state", SummaryState, "state"),
        ]
