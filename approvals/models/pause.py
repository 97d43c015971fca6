from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel, one_of
from runs.tenancy import isolated


class PauseMode(models.TextChoices):
    PAUSE = "pause"
    DRAIN = "drain"


class Pause(WorkspaceModel):
    """A stop that a person put on sending. `action` is empty where it holds for all.

    `pause`: nothing is claimed. `drain`: what was allowed before `at` still goes, what comes later waits.
    """

    action = models.CharField(max_length=80, blank=True)
    mode = models.CharField(max_length=8, choices=PauseMode.choices)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=120, blank=True)

    retention = "with its workspace"

    class Meta:
        constraints: ClassVar = [
            *isolated(every=("action", "mode", "at", "ended_at")),
            models.UniqueConstraint(
                fields=["workspace", "action"],
                condition=models.Q(ended_at__isnull=True),
                name="approvals_pause_one_open",
            ),
            one_of("mode", PauseMode, "mode"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="approvals_pause_says_why"),
        ]
