from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel
from runs.models.workspace import Workspace
from runs.tenancy import isolated


class AuditEntry(WorkspaceModel):
    """Who did what, when, from where. Chained per workspace; append-only. `number` is NULL until sealed (views)."""

    number = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=120)
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    payload = models.TextField()
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32, null=True)

    retention = "7 years"

    class Meta:
        constraints: ClassVar = [
            *isolated(every=("number",)),
            models.UniqueConstraint(
                fields=["workspace", "number"], name="runs_auditentry_number_unique"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-at", "-id"], name="runs_auditentry_newest"),
            models.Index(
                fields=["workspace", "action", "-at", "-id"], name="runs_auditentry_by_action"
            ),
            models.Index(fields=["workspace", "object"], name="runs_auditentry_by_object"),
            models.Index(
                fields=["workspace", "by_name", "-at", "-id"], name="runs_auditentry_by_name"
            ),
            models.Index(fields=["workspace", "by", "-at", "-id"], name="runs_auditentry_by_actor"),
            models.Index(
                fields=["workspace", "request_id"],
                condition=~models.Q(request_id=""),
                name="runs_auditentry_by_request",
            ),
        ]


class AuditHead(models.Model):
    """The end of a workspace's audit chain; its row lock is always taken last in a transaction."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, primary_key=True)
    number = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32, default=bytes(32))

    retention = "7 years"

    class Meta:
        constraints: ClassVar = [*isolated(key=False)]
