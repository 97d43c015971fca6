from typing import ClassVar

from django.db import models

from runs import ids
from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class RunState(models.TextChoices):
    RUNNING = "running"
    FINISHING = "finishing"
    COMPLETED = "completed"
    FAILED = "failed"


class Run(WorkspaceModel):
    """One execution of a release: the row whose lock numbers its events.

    `last_number` and `head` are the end of its ledger; `fence` is the epoch of the process that may
    write as the owner of its call. `summary_state` is that of its newest summary, empty without one;
    `complete` and `verdict` are those of its newest outcome: lists are narrowed by them.
    """

    public_id = models.CharField(max_length=16, default=ids.run_id)
    release = Inside("runs.Release")
    customer = Inside("runs.Customer", null=True)
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.RUNNING)
    title = models.CharField(max_length=200)
    input = models.JSONField(default=dict)
    last_number = models.BigIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes(32))
    fence = models.BigIntegerField(default=0)
    summary_state = models.CharField(max_length=10, blank=True, default="")
    complete = models.BooleanField(null=True)
    verdict = models.CharField(max_length=20, blank=True, default="")
    propose_only = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    retention = "days of its workflow (730 by default), unless held"

    class Meta:
        constraints: ClassVar = [
            *isolated("release", "customer", every=("state",)),
            models.UniqueConstraint(fields=["workspace", "public_id"], name="runs_run_public_id"),
            one_of("state", RunState, "state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-started_at", "-id"], name="runs_run_newest"),
            models.Index(
                fields=["workspace", "release", "-started_at", "-id"], name="runs_run_by_release"
            ),
            models.Index(
                fields=["workspace", "state", "-started_at", "-id"],
                condition=models.Q(state__in=["running", "finishing", "failed"]),
                name="runs_run_not_completed",
            ),
            models.Index(
                fields=["workspace", "-started_at", "-id"],
                condition=models.Q(summary_state="draft"),
                name="runs_run_needs_summary",
            ),
            models.Index(
                fields=["workspace", "verdict", "-started_at", "-id"],
                condition=~models.Q(verdict=""),
                name="runs_run_by_verdict",
            ),
            models.Index(
                fields=["workspace", "-started_at", "-id"],
                condition=models.Q(complete=False),
                name="runs_run_incomplete",
            ),
        ]
