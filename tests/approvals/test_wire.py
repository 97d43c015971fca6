"""What comes back over the wire: waits that are asked for, and what an answer may keep."""

import json

import pytest

from approvals import masking, wire
from approvals.action_types import ActionFailed, Confirmation
from approvals.connectors import Resolved
from approvals.models import Attempt
from runs.ids import uuid7
from tests.approvals import support

NOON = 1_763_985_600.0
KNOWN = Resolved(uuid7(), "crm", "https://crm.example", "sk-live-very-secret")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 24 Nov 2025 12:02:00 GMT", 120.0),
        ("Mon, 24 Nov 2025 11:00:00 GMT", 0.0),
        ("99999999999999999999", 999_999_999.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_a_wish_to_wait_is_read(header, seconds):
    assert wire.retry_after(header, now=NOON) == seconds


def test_a_secret_that_is_echoed_is_not_kept():
    found = Confirmation("c-1", 200, f"token {KNOWN.secret}", {"echo": [KNOWN.secret]})
    kept = masking.confirmation(found, KNOWN)
    assert KNOWN.secret not in kept.answer + json.dumps(kept.data)
    failed = masking.failure(ActionFailed("no", "x", answer=KNOWN.secret), KNOWN)
    assert failed.answer == masking.PLACE


def test_a_card_number_in_an_answer_is_not_kept():
    failed = masking.failure(ActionFailed("no", "x", answer="card 4111 1111 1111 1111"), KNOWN)
    assert "4111 1111" not in failed.answer


def test_no_table_holds_the_secret(connected, calm):
    """Through a whole delivery: neither row, attempt, step nor ledger line."""
    from django.apps import apps
    from django.db import connection

    with connected.scope():
        proposal = support.propose(connected, wish=support.content(mail=False, notes="x"))
        support.approve(connected, proposal)
    support.send()
    with connected.scope():
        assert Attempt.objects.filter(entry__proposal=proposal).exists()
        for model in apps.get_models():
            if model._meta.app_label in ("runs", "approvals", "voice"):
                with connection.cursor() as cursor:
                    cursor.execute(
                        f'SELECT count(*) FROM "{model._meta.db_table}" t WHERE t::text LIKE %s',
                        ["%sk-test%"],
                    )
                    assert cursor.fetchone() == (0,), model
