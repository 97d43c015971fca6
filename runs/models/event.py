from typing import ClassVar

from django.db import models

from runs.models.base import Inside
from runs.models.workspace import Workspace
from runs.tenancy import isolated


class Event(models.Model):
    """A numbered line of a run's ledger. Append-only: the database refuses UPDATE and DELETE.

    `payload` is the canonical JSON that was hashed (ids, numbers, codes, names; never transcript text).
    `digest` = SHA-256(salt || payload), `hash` = SHA-256(hash of the line before || digest): links can be
    verified after salt and payload were purged to NULL.
    """

    pk = models.CompositePrimaryKey("run_id", "number")
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    run = Inside("runs.Run")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    payload = models.TextField(null=True)  # noqa: DJ001 NULL means purged
    salt = models.BinaryField(max_length=16, null=True)
    digest = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    retention = "with its run; payload and salt become NULL, the chain of hashes stays"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", key=False),
            models.CheckConstraint(
                condition=models.Q(number__gt=0), name="runs_event_number_positive"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "run"],
                condition=models.Q(kind="escalation.raised"),
                name="runs_event_escalated",
            ),
        ]
