"""A caller is known by any spelling of the number, in the workspace of the call only."""

import pytest
from django.db import ProgrammingError, transaction

from runs import customers, scope
from tests import factories
from tests.people import harbor, northwind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("spelling", ["+447700900118", "07700 900118", "+44 (0)7700 900-118"])
def test_dana_is_found_by_any_spelling_of_her_number(spelling):
    house = northwind()
    with scope.workspace(house.workspace.id):
        dana = factories.make_customer(house.workspace, scope.now())
        assert customers.find_by_phone(spelling) == dana


def test_the_customer_read_last_is_meant_where_two_share_a_number():
    house = northwind()
    with scope.workspace(house.workspace.id):
        factories.make_customer(house.workspace, scope.now())
        later = factories.make_customer(
            house.workspace, scope.now(), external_id="c-2", name="Owen"
        )
        assert customers.find_by_phone("+447700900118") == later


def test_otto_does_not_see_whose_number_it_is():
    north, port = northwind(), harbor()
    with scope.workspace(north.workspace.id):
        factories.make_customer(north.workspace, scope.now())
    with scope.workspace(port.workspace.id):
        assert customers.find_by_phone("+447700900118") is None


def test_asking_outside_a_workspace_is_an_error():
    with pytest.raises(ProgrammingError, match="no workspace scope"), transaction.atomic():
        customers.find_by_phone("+447700900118")
