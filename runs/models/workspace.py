from django.db import models

from runs.ids import uuid7


class Workspace(models.Model):
    """A tenant. The directory of workspaces is outside row-level security: it is read to find the scope."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC")
    hold_seconds = models.PositiveIntegerField(default=10)
    test_line = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    retention = "as long as the workspace exists"

    def __str__(self) -> str:
        return self.name
