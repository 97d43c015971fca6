from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class PromiseState(models.TextChoices):
    UNBACKED = "unbacked"
    UNDER_WAY = "under_way"
    KEPT = "kept"
    BROKEN = "broken"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class PromiseType(models.TextChoices):
    IMMEDIATE = "immediate"
    SCHEDULED = "scheduled"
    CALLBACK = "callback"
    CONDITIONAL = "conditional"
    OPEN = "open"


class Promise(WorkspaceModel):
    """A commitment that the caller heard, with its quote and what stands behind it.

    `kind` is the channel. `due` are the words, `due_at` the moment that rules read in them; without
    `due_exact` it is the end of a day. `sort_at` is the place in the queue: due, else heard. `backing` is
    the public id of the effect or proposal that `state` rests on. `done` and `withdrawn` are a person's
    word (`settled_by`), and no rule touches them.
    """

    run = Inside("runs.Run")
    text = models.CharField(max_length=400)
    kind = models.CharField(max_length=20)
    type = models.CharField(max_length=12, choices=PromiseType.choices, default=PromiseType.OPEN)
    due = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)
    due_exact = models.BooleanField(default=False)
    evidence = Inside("runs.Evidence", null=True)
    heard_at = models.DateTimeField()
    sort_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=PromiseState.choices, default=PromiseState.UNBACKED
    )
    backing = models.CharField(max_length=16, blank=True, default="")
    owner = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    settled_by = models.CharField(max_length=120, blank=True, default="")
    settled_name = models.CharField(max_length=120, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", "evidence"),
            one_of("state", PromiseState, "state"),
            one_of("type", PromiseType, "type"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "withdrawn"])
                | models.Q(settled_at__isnull=False) & ~models.Q(settled_by=""),
                name="runs_promise_settled_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "run"], name="runs_promise_by_run"),
            models.Index(fields=["workspace", "sort_at", "id"], name="runs_promise_queue"),
            models.Index(
                fields=["workspace", "sort_at", "id"],
                condition=models.Q(state__in=["unbacked", "under_way", "broken"]),
                name="runs_promise_open",
            ),
            models.Index(fields=["workspace", "-at", "-id"], name="runs_promise_newest"),
        ]
