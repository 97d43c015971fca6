from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel
from runs.tenancy import isolated


class Away(WorkspaceModel):
    """Somebody is away until a moment, and what waits for them goes to another person meanwhile.

    It gives no rights: whoever stands in decides by their own role and with their own eyes.
    """

    user = models.ForeignKey("runs.User", on_delete=models.CASCADE, related_name="+")
    delegate = models.ForeignKey("runs.User", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    retention = "with its workspace"

    class Meta:
        constraints: ClassVar = [
            *isolated(),
            models.UniqueConstraint(
                fields=["workspace", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="approvals_away_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("at")), name="approvals_away_has_an_end"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("delegate")), name="approvals_away_somebody_else"
            ),
        ]
