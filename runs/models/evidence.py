from typing import ClassVar

from django.db import models

from runs import ids
from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class EvidenceSource(models.TextChoices):
    TURN = "turn"
    SYSTEM = "system"


class Grade(models.TextChoices):
    READ_BACK = "read_back"
    STATED = "stated"
    INFERRED = "inferred"
    SYSTEM = "system"
    UNVERIFIED = "unverified"


class Evidence(WorkspaceModel):
    """What was used: a quote in a turn, or a value read from another system.

    For quotes `start` and `end` are code points into version `turn_version` of the turn's text; `digest`
    is SHA-256(salt || quote). `grade` `unverified` means: not yet found in a final turn; no gate uses it.
    """

    public_id = models.CharField(max_length=16, default=ids.evidence_id)
    run = Inside("runs.Run")
    source = models.CharField(max_length=8, choices=EvidenceSource.choices)
    grade = models.CharField(max_length=12, choices=Grade.choices)
    turn_id = models.UUIDField(null=True)
    turn_version = models.PositiveIntegerField(null=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    system = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    retention = "with its run; a quote removed by redaction says so"

    class Meta:
        constraints: ClassVar = [
            *isolated("run"),
            models.UniqueConstraint(
                fields=["workspace", "public_id"], name="runs_evidence_public_id"
            ),
            one_of("source", EvidenceSource, "source"),
            one_of("grade", Grade, "grade"),
            models.CheckConstraint(
                condition=~models.Q(source="turn")
                | models.Q(turn_id__isnull=False, grade="unverified")
                | models.Q(turn_id__isnull=False, start__gte=0, end__gt=models.F("start")),
                name="runs_evidence_quote_has_place",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "run"], name="runs_evidence_by_run")]
