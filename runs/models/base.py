"""What every table of a workspace has."""

from typing import Any, TypeVar

from django.db import models

from runs.ids import uuid7
from runs.models.workspace import Workspace

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)


class WorkspaceModel(models.Model):
    """A row of one workspace. Subclasses list `isolated(...)` in their Meta.constraints."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")

    retention = ""

    class Meta:
        abstract = True


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """CHECK (field IN choices): impossible states are refused by the database first."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": choices.values}),
        name=f"%(app_label)s_%(class)s_{name}",
    )


class Inside(models.ForeignKey[_ST, _GT]):
    """A foreign key within the workspace: its database constraint is the composite one (`SameWorkspace`)."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        options.setdefault("related_name", "+")
        options["db_constraint"] = False
        super().__init__(to, on_delete=on_delete, **options)

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, options
