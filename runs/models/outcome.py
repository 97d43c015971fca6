from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Outcome(WorkspaceModel):
    """What came of a call, from call facts first and the model second; versions are added, never rewritten."""

    run = Inside("runs.Run")
    version = models.PositiveIntegerField()
    complete = models.BooleanField()
    missing = models.JSONField(default=list)
    end_reason = models.CharField(max_length=40)
    escalation_reason = models.CharField(max_length=200, blank=True)
    next_action = models.CharField(max_length=20)
    verdict = models.CharField(max_length=20, blank=True)
    record = models.JSONField(default=dict)
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run"),
            models.UniqueConstraint(
                fields=["workspace", "run", "version"], name="runs_outcome_version_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    next_action__in=["send_followup", "schedule_call", "human_review", "none"]
                ),
                name="runs_outcome_next_action",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "at"], name="runs_outcome_by_time"),
        ]
