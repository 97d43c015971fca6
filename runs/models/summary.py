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


class SummaryDraft(WorkspaceModel):
    """What somebody is typing into a section: saved as they type, gone when it becomes a version.

    `at` is also the sign of life by which others see who edits what.
    """

    run = Inside("runs.Run")
    section = models.CharField(max_length=20)
    person_id = models.UUIDField()
    name = models.CharField(max_length=120)
    base_version = models.PositiveIntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    retention = "30 days, or until it is saved or discarded"

    class Meta:
        constraints: ClassVar = [
            *isolated("run"),
            models.UniqueConstraint(
                fields=["workspace", "run", "section", "person_id"], name="runs_summarydraft_one"
            ),
        ]
