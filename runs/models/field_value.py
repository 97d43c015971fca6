from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class FieldState(models.TextChoices):
    CAPTURED = "captured"
    UNSURE = "unsure"
    DECLINED = "declined"


class FieldValue(WorkspaceModel):
    """One captured value of a field of the objective. Never overwritten: a new value is a new version."""

    run = Inside("runs.Run")
    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=FieldState.choices)
    value = models.JSONField(null=True)
    grade = models.CharField(max_length=12)
    evidence = Inside("runs.Evidence", null=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", "evidence"),
            models.UniqueConstraint(
                fields=["workspace", "run", "key", "version"], name="runs_fieldvalue_version_unique"
            ),
            one_of("state", FieldState, "state"),
        ]
