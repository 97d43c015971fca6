from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel, one_of
from runs.tenancy import isolated


class Screen(models.TextChoices):
    WALL = "wall"
    CALLS = "calls"
    RUNS = "runs"
    OUTBOX = "outbox"


class SavedView(WorkspaceModel):
    """A name for what a list was asked for: a person's own, or the whole workspace's where `shared`.

    `query` is the address behind the "?", without a page.
    """

    screen = models.CharField(max_length=8, choices=Screen.choices)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600, blank=True)
    person_id = models.UUIDField()
    person_name = models.CharField(max_length=120)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    retention = "until its person or an admin removes it"

    class Meta:
        constraints: ClassVar = [
            *isolated(),
            models.UniqueConstraint(
                fields=["workspace", "screen", "person_id", "name"],
                condition=models.Q(shared=False),
                name="runs_savedview_own_name",
            ),
            models.UniqueConstraint(
                fields=["workspace", "screen", "name"],
                condition=models.Q(shared=True),
                name="runs_savedview_shared_name",
            ),
            one_of("screen", Screen, "screen"),
            models.CheckConstraint(condition=~models.Q(name=""), name="runs_savedview_has_a_name"),
        ]
