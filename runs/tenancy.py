"""Workspaces kept apart by the database itself: row-level security and composite foreign keys as model constraints."""

from abc import abstractmethod
from typing import Any

from django.db import models
from django.db.models.constraints import BaseConstraint

EVERY_ROLE = "readback_every"

# Both forms on purpose: the bare call raises while planning even where no row is touched,
# the wrapped one is computed once for the whole statement instead of once a row.
_IN_SCOPE = (
    "workspace_id = ANY ((SELECT readback_workspaces())::uuid[])"
    " AND workspace_id = ANY (readback_workspaces())"
)


@models.CharField.register_lookup
class Begins(models.Lookup):
    """LIKE is not leakproof: behind row-level security it would look at every row of the workspace."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", (*left_params, *right_params)


class _SqlConstraint(BaseConstraint):
    """A constraint that lives in the database only; the forms' own validation has nothing to add."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    @abstractmethod
    def statements(self, model: type[models.Model], quote: Any) -> list[str]:
        """What creates it, to be run after the tables are there."""

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        # Deferred: the autodetector may order this before the target's unique key.
        schema_editor.deferred_sql.extend(self.statements(model, schema_editor.quote_name))
        return None

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return self.create_sql(model, schema_editor)


class Isolated(_SqlConstraint):
    """Row-level security, enabled and forced.

    `every` names the columns, besides workspace and id, by which the role that sees all workspaces may
    find rows; without it that role sees nothing of the table.
    """

    def __init__(self, *, name: str, every: tuple[str, ...] = ()) -> None:
        super().__init__(name=name)
        self.every = tuple(every)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, **({"every": self.every} if self.every else {})}

    def statements(self, model: type[models.Model], quote: Any) -> list[str]:
        table = quote(model._meta.db_table)
        columns = ", ".join(map(quote, ("workspace_id", "id", *self.every)))
        granted = [f"GRANT SELECT ({columns}) ON {table} TO {EVERY_ROLE}"] if self.every else []
        return [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY mine ON {table} USING ({_IN_SCOPE}) WITH CHECK ({_IN_SCOPE})",
            f"CREATE POLICY every ON {table} TO {EVERY_ROLE} USING (true)",
            *granted,
        ]

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        for policy in ("mine", "every"):
            schema_editor.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        return f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


class WorkspaceKey(models.UniqueConstraint):
    """UNIQUE (workspace, id): what composite foreign keys of other tables point to."""

    def __init__(self, *, name: str, fields: Any = ("workspace", "id"), **kwargs: Any) -> None:
        super().__init__(fields=fields, name=name, **kwargs)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)} CASCADE"


class SameWorkspace(_SqlConstraint):
    """FOREIGN KEY (workspace, field): a row cannot point into another workspace.

    The field itself is declared with `db_constraint=False`: a simple foreign key would accept a
    foreign row, because referential checks do not see row-level security.
    """

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def statements(self, model: type[models.Model], quote: Any) -> list[str]:
        field: Any = model._meta.get_field(self.field)
        table, target = quote(model._meta.db_table), quote(field.related_model._meta.db_table)
        return [
            f"ALTER TABLE {table} ADD CONSTRAINT {quote(self.name)}"
            f" FOREIGN KEY (workspace_id, {quote(field.column)})"
            f" REFERENCES {target} (workspace_id, id) DEFERRABLE INITIALLY IMMEDIATE"
        ]

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {schema_editor.quote_name(self.name)}"
        )


def isolated(
    *parents: str, key: bool = True, every: tuple[str, ...] = ()
) -> list[BaseConstraint | models.UniqueConstraint]:
    """The constraints of a table of a workspace: its policies, its key, and one foreign key per parent field."""
    prefix = "%(app_label)s_%(class)s"
    return [
        Isolated(name=f"{prefix}_isolated", every=every),
        *([WorkspaceKey(name=f"{prefix}_key")] if key else []),
        *(SameWorkspace(name=f"{prefix}_{parent}_fk", field=parent) for parent in parents),
    ]
