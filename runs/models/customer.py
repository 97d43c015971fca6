from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from runs.models.base import WorkspaceModel
from runs.tenancy import isolated


class Customer(WorkspaceModel):
    """A person or company as the CRM knows it: the id over there, the name, normalised phones (E.164)."""

    system = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phones = ArrayField(models.CharField(max_length=20), default=list)
    tier = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField()

    retention = "until erased on request; then the name and phones become null"

    class Meta:
        constraints: ClassVar = [
            *isolated(),
            models.UniqueConstraint(
                fields=["workspace", "system", "external_id"], name="runs_customer_external_unique"
            ),
        ]
        indexes: ClassVar = [GinIndex(fields=["phones"], name="runs_customer_phones")]

    def __str__(self) -> str:
        return self.name
