"""The database keeps workspaces apart, whatever the code above it forgets."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from runs import guard, scope
from runs.models import Customer, Run, Step
from runs.tenancy import Isolated, SameWorkspace
from tests import factories
from tests.people import harbor, northwind

pytestmark = pytest.mark.django_db


def test_a_query_outside_a_scope_is_an_error_and_not_an_empty_page():
    with pytest.raises(ProgrammingError, match="no workspace scope"), transaction.atomic():
        Run.objects.count()


def test_a_look_up_of_a_missing_key_outside_a_scope_is_an_error_too():
    with pytest.raises(ProgrammingError, match="no workspace scope"), transaction.atomic():
        Run.objects.filter(id="00000000-0000-7000-8000-000000000000").first()


def test_rows_of_another_workspace_are_not_seen():
    north, port = northwind(), harbor()
    with scope.workspace(north.workspace.id):
        factories.make_run(north.workspace)
    with scope.workspace(port.workspace.id):
        assert Run.objects.count() == 0


def test_a_row_cannot_be_written_into_another_workspace():
    north, port = northwind(), harbor()
    refused = pytest.raises(ProgrammingError, match="policy")
    with scope.workspace(port.workspace.id), refused, transaction.atomic():
        factories.make_customer(north.workspace, scope.now())


def test_a_row_cannot_point_to_a_row_of_another_workspace():
    north, port = northwind(), harbor()
    at = scope.now()
    with scope.workspace(north.workspace.id, port.workspace.id):
        run = factories.make_run(north.workspace, at)
        with pytest.raises(IntegrityError, match="runs_step_run_fk"), transaction.atomic():
            Step.objects.create(
                workspace=port.workspace,
                run=run,
                step_key="k",
                kind="tool",
                name="n",
                args_hash=bytes(32),
                started_at=at,
            )


def test_a_batch_scope_sees_just_the_workspaces_it_names():
    north, port = northwind(), harbor()
    for house in (north, port):
        with scope.workspace(house.workspace.id):
            factories.make_run(house.workspace)
    with scope.workspace(north.workspace.id, port.workspace.id):
        assert Run.objects.count() == 2


def test_the_scope_before_is_back_after_a_nested_one():
    north, port = northwind(), harbor()
    with scope.workspace(north.workspace.id):
        factories.make_run(north.workspace)
        with scope.workspace(port.workspace.id):
            assert Run.objects.count() == 0
        assert Run.objects.count() == 1


def test_the_scope_before_is_back_after_a_nested_one_failed():
    north, port = northwind(), harbor()
    with scope.workspace(north.workspace.id):
        factories.make_run(north.workspace)
        with pytest.raises(RuntimeError), scope.workspace(port.workspace.id):
            raise RuntimeError
        assert Run.objects.count() == 1


def test_every_workspace_reads_only_what_was_granted():
    north = northwind()
    with scope.workspace(north.workspace.id):
        factories.make_run(north.workspace)
    with scope.every_workspace():
        assert list(Run.objects.values_list("workspace_id", flat=True)) == [north.workspace.id]
    with pytest.raises(ProgrammingError, match="permission denied"), scope.every_workspace():
        Run.objects.get()
    with pytest.raises(ProgrammingError, match="permission denied"), scope.every_workspace():
        list(Customer.objects.values_list("name"))


def test_a_scope_names_real_workspace_ids_only():
    with pytest.raises(ValueError), scope.workspace("x'; DROP TABLE runs_run; --"):
        pass


def test_the_connection_cannot_bypass_the_policies():
    guard.refuse_bypass(connection)


def _of_a_workspace(model) -> bool:
    return any(field.name == "workspace" for field in model._meta.fields)


DIRECTORY = {"Membership"}


@pytest.mark.parametrize(
    "model", [m for m in apps.get_models() if _of_a_workspace(m)], ids=lambda m: m.__name__
)
def test_every_table_of_a_workspace_is_isolated_and_forced(model):
    if model.__name__ in DIRECTORY:
        return
    assert any(isinstance(one, Isolated) for one in model._meta.constraints), (
        f"add isolated(...) to {model.__name__}.Meta.constraints"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity,"
            " (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid)"
            " FROM pg_class c WHERE relname = %s",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True, True, 2)


@pytest.mark.parametrize(
    "model", [m for m in apps.get_models() if _of_a_workspace(m)], ids=lambda m: m.__name__
)
def test_every_foreign_key_between_tables_of_a_workspace_is_composite(model):
    held = {one.field for one in model._meta.constraints if isinstance(one, SameWorkspace)}
    inside = {
        field.name
        for field in model._meta.fields
        if field.is_relation and field.name != "workspace" and _of_a_workspace(field.related_model)
    }
    assert inside <= held, f"name {sorted(inside - held)} in isolated(...) of {model.__name__}"
