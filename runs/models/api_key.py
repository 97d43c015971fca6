from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from runs.models.base import WorkspaceModel
from runs.models.user import Role
from runs.tenancy import isolated


class ApiKey(WorkspaceModel):
    """A bearer key of a machine. `prefix` finds it, `digest` (HMAC) proves it; the key itself is shown once."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    created_by = models.ForeignKey(
        "runs.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    retention = "until revoked, then as long as the audit names it"

    class Meta:
        constraints: ClassVar = [
            *isolated(every=("prefix", "digest", "expires_at", "revoked_at")),
            models.UniqueConstraint(
                fields=["workspace", "prefix"], name="runs_apikey_prefix_unique"
            ),
        ]
