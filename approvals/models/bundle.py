from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Bundle(WorkspaceModel):
    """Like proposals that one person was offered together. `members` (public id -> version) and which of them
    have to be opened first are chosen by us and kept: loading the page again draws no other sample."""

    # Who was deleted leaves the samples as they were drawn and opened.
    user = models.ForeignKey("runs.User", null=True, on_delete=models.SET_NULL, related_name="+")
    likeness = models.BinaryField(max_length=32)
    members = models.JSONField(default=dict)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    retention = "30 days"

    class Meta:
        constraints: ClassVar = [
            *isolated(),
            models.UniqueConstraint(
                fields=["workspace", "user", "likeness"],
                condition=models.Q(done_at__isnull=True),
                name="approvals_bundle_one_open",
            ),
        ]


class Sample(WorkspaceModel):
    """A member that this person has to open before the bundle can be approved; `opened_version` is what they saw."""

    bundle = Inside("approvals.Bundle")
    proposal = Inside("approvals.Proposal")
    opened_version = models.PositiveIntegerField(null=True)
    opened_at = models.DateTimeField(null=True)

    retention = "with its bundle"

    class Meta:
        constraints: ClassVar = [
            *isolated("bundle", "proposal"),
            models.UniqueConstraint(
                fields=["workspace", "bundle", "proposal"], name="approvals_sample_once"
            ),
        ]
