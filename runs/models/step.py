from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class StepState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    WAITING = "waiting"
    DENIED = "denied"
    FAILED = "failed"


class Step(WorkspaceModel):
    """A checkpoint with a key: asked again with the same key, it answers with the recorded result."""

    run = Inside("runs.Run")
    step_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    parent = Inside("runs.Step", null=True)
    state = models.CharField(max_length=12, choices=StepState.choices, default=StepState.RUNNING)
    arguments = models.JSONField(default=dict)
    args_hash = models.BinaryField(max_length=32)
    result = models.JSONField(null=True)
    number = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", "parent"),
            models.UniqueConstraint(
                fields=["workspace", "run", "step_key"], name="runs_step_key_unique"
            ),
            one_of("state", StepState, "state"),
        ]
