"""The audit is chained, append-only, and views wait for nobody."""

import pytest
from django.db import ProgrammingError, connection, transaction

from runs import audit, chain, scope
from runs.models import AuditEntry, AuditHead
from tests.people import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena():
    house = northwind()
    with scope.workspace(house.workspace.id):
        yield house.actor("lena")


def test_entries_are_numbered_and_chained(lena):
    for verb in ("proposal.approved", "summary.edited"):
        audit.record(verb, "PRO-1", by=lena, at=scope.now())
    head = chain.GENESIS
    for entry in AuditEntry.objects.order_by("number"):
        head = chain.join(head, bytes(entry.digest))
        assert bytes(entry.hash) == head
    assert bytes(AuditHead.objects.get().hash) == head


def test_the_name_is_kept_with_the_entry(lena):
    audit.record("proposal.approved", "PRO-1", by=lena, at=scope.now())
    assert AuditEntry.objects.get().by_name == "Lena Fischer"


def test_views_are_sealed_later_in_their_order(lena):
    for call in ("CALL-1", "CALL-2"):
        audit.record_view(call, by=lena, at=scope.now())
    assert audit.seal_views(lena.workspace_id) == 2
    kept = AuditEntry.objects.order_by("number").values_list("number", "object")
    assert list(kept) == [(1, "CALL-1"), (2, "CALL-2")]


@pytest.mark.parametrize(
    "sql", ["UPDATE runs_auditentry SET by_name = 'nobody'", "DELETE FROM runs_auditentry"]
)
def test_an_entry_cannot_be_changed_or_removed(lena, sql):
    audit.record("proposal.approved", "PRO-1", by=lena, at=scope.now())
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
