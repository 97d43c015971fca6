"""Tasks: they carry a workspace and an id, or they do not run."""

import uuid

import pytest

from runs import audit, scope
from runs import tasks as memory
from runs.errors import Invalid
from runs.models import AuditEntry
from tests.people import harbor, northwind
from voice import tasks


@pytest.mark.parametrize("task", [tasks.after_call, tasks.process_webhook])
@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"workspace_id": str(uuid.uuid4())},
        {"id": str(uuid.uuid4())},
        {"workspace_id": "northwind", "id": str(uuid.uuid4())},
        {"workspace_id": None, "id": None},
    ],
)
def test_a_task_without_its_row_refuses(task, kwargs):
    with pytest.raises(Invalid) as refused:
        task(**kwargs)
    assert refused.value.code == "task_without_row"


@pytest.mark.django_db
def test_a_row_that_is_gone_is_no_work():
    house = northwind()
    gone = {"workspace_id": str(house.workspace.id), "id": str(uuid.uuid4())}
    assert tasks.after_call(**gone) is False
    assert tasks.process_webhook(**gone, added_later=1) is False


@pytest.mark.django_db
def test_sweeps_find_nothing_where_nothing_is_due():
    northwind()
    assert tasks.sweep_after_calls() == tasks.sweep_webhooks() == tasks.reap_calls() == 0


@pytest.mark.django_db
def test_page_views_of_every_workspace_are_sealed_into_their_own_chain():
    houses = (northwind(), harbor())
    for house, name in zip(houses, ("olive", "otto"), strict=True):
        with scope.workspace(house.workspace.id):
            for _ in range(2):
                audit.record_view("RUN-1", by=house.actor(name), at=scope.now())
    assert memory.seal_views() == 4
    assert memory.seal_views() == 0
    for house in houses:
        with scope.workspace(house.workspace.id):
            numbers = AuditEntry.objects.order_by("number").values_list("number", flat=True)
            assert list(numbers) == [1, 2]
