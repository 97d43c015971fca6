from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class RecordedAnswer(WorkspaceModel):
    """The answer to a POST that carried an Idempotency-Key: written in the transaction of its effects, so
    that it stands exactly when they do. `request_digest` covers method, path and the bytes of the body."""

    api_key = Inside("runs.ApiKey")
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=60)
    body = models.TextField()
    at = models.DateTimeField()

    retention = "24 hours"

    class Meta:
        constraints: ClassVar = [
            *isolated("api_key", every=("at",)),
            models.UniqueConstraint(
                fields=["workspace", "api_key", "key"], name="runs_recordedanswer_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="runs_recordedanswer_age")]
