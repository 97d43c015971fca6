from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class ProofVerdict(models.TextChoices):
    RESOLVED = "resolved"
    KNOWN = "known"
    CONTRADICTS = "contradicts"
    UNMATCHED = "unmatched"


class Proof(WorkspaceModel):
    """A signed message of a receiver about an effect, kept once a message id whatever it says.

    `resolved`: it ended the doubt. `known`: it says what the record says. `contradicts`: the record says
    otherwise and stays as it is. `unmatched`: no entry bears this key.
    """

    connection_id = models.UUIDField()
    message_id = models.CharField(max_length=120)
    entry = Inside("approvals.OutboxEntry", null=True)
    key = models.CharField(max_length=64)
    happened = models.BooleanField()
    verdict = models.CharField(max_length=12, choices=ProofVerdict.choices)
    body = models.TextField()
    at = models.DateTimeField()

    retention = "30 days, then the body becomes its digest"

    class Meta:
        constraints: ClassVar = [
            *isolated("entry"),
            models.UniqueConstraint(
                fields=["workspace", "connection_id", "message_id"],
                name="approvals_proof_once",
            ),
            one_of("verdict", ProofVerdict, "verdict"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "entry"], name="approvals_proof_by_entry"),
        ]
