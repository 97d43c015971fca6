"""Deliveries of the provider: signed, stored once, worked out by whoever comes first."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from runs import scope
from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Line, incoming
from voice import webhooks
from voice.api import webhooks as view
from voice.models import Call, InboundWebhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    return support.make_line()


def stored(line: Line) -> list[InboundWebhook]:
    with scope.workspace(line.workspace.id):
        return list(InboundWebhook.objects.order_by("received_at", "id"))


def due(line: Line) -> list[uuid.UUID]:
    """Committed rows of other tests are nobody's business here."""
    return [id for workspace_id, id in webhooks.due(1000) if workspace_id == line.workspace.id]


def process(line: Line) -> list[bool]:
    return [webhooks.process(line.workspace.id, id) for id in due(line)]


def calls(line: Line) -> list[Call]:
    with scope.workspace(line.workspace.id):
        return list(Call.objects.select_related("run"))


def test_a_signed_delivery_is_stored_and_becomes_a_call(line):
    assert line.deliver(incoming("rtc_1")) == 200
    assert due(line) == [stored(line)[0].id]
    assert process(line) == [True]
    (row,) = stored(line)
    assert (row.state, row.kind) == ("done", "realtime.call.incoming")
    (call,) = calls(line)
    assert (call.state, call.provider_call_id) == ("ringing", "rtc_1")
    assert support.kinds(line, call) == ["run.started", "call.rang"]
    assert due(line) == []
    assert webhooks.process(row.workspace_id, row.id) is False


def test_the_same_delivery_again_changes_nothing_but_a_counter(line):
    body = incoming("rtc_1")
    for _ in range(3):
        assert line.deliver(body, webhook_id="wh_1") == 200
    assert line.deliver(incoming("rtc_2"), webhook_id="wh_1") == 200
    (row,) = stored(line)
    assert row.conflicts == 1
    assert row.body == body.decode()


def test_the_same_call_announced_twice_is_one_call(line):
    assert line.deliver(incoming("rtc_1")) == 200
    assert line.deliver(incoming("rtc_1")) == 200
    process(line)
    assert len(calls(line)) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "whsec_" + "QUFB" * 8},
        {"age": 301},
        {"age": -301},
        {"webhook-signature": "v1,bm9uc2Vuc2U="},
        {"webhook-signature": "\udcff"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "yesterday"},
        {"webhook-timestamp": ""},
        {"webhook-id": "another"},
    ],
)
def test_what_is_not_signed_now_by_the_provider_is_refused(line, options):
    assert line.deliver(incoming("rtc_1"), **options) == 401
    assert stored(line) == []


def test_a_connection_without_a_secret_lets_nobody_in(line):
    with scope.workspace(line.workspace.id):
        line.connection.webhook_secret = None
        line.connection.save()
    assert line.deliver(incoming("rtc_1"), secret="whsec_") == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"type": 4}',
        b'{"type": ""}',
        b'{"type": "a", "type": "b"}',
        b'{"type": "a", "n": NaN}',
        b'{"type": "x\\u0000"}',
        b'{"type": "' + b"x" * 81 + b'"}',
        b"[" * 100_000,
    ],
)
def test_a_signed_body_that_is_no_event_is_a_clear_error(line, body):
    assert line.deliver(body) == 400
    assert stored(line) == []


def test_a_body_that_is_too_large_is_refused_before_it_is_read(line):
    assert line.deliver(b'{"type":"a","x":"' + b"x" * (256 * 1024) + b'"}') == 413


def test_bytes_that_are_no_text_cannot_be_signed_for(line):
    assert line.deliver(b'{"type": "\xff"}') == 401


def test_an_unknown_door_and_a_wrong_method(line):
    assert support.deliver(uuid.uuid4(), incoming("rtc_1")) == 404
    request = RequestFactory().get(f"/hooks/realtime/{line.connection.id}/")
    assert view.receive(request, line.connection.id).status_code == 405


def test_a_connection_of_another_kind_is_no_door(line):
    from voice import connections

    with scope.workspace(line.workspace.id):
        crm = connections.put(line.workspace.id, kind="crm", name="crm", at=scope.now())
    assert support.deliver(crm.id, incoming("rtc_1")) == 404


def test_a_database_that_is_away_asks_the_provider_to_come_again(line, monkeypatch):
    def away(*args, **options):
        raise OperationalError("away")

    monkeypatch.setattr(webhooks, "store", away)
    assert line.deliver(incoming("rtc_1")) == 503


def test_other_events_are_stored_and_have_no_effect(line):
    assert line.deliver(b'{"type": "live.transport.incoming", "data": {}}') == 200
    process(line)
    assert [row.state for row in stored(line)] == ["done"]
    assert calls(line) == []


def test_poison_is_tried_five_times_with_pauses_then_dead_and_stops_nobody(line):
    assert line.deliver(b'{"type": "realtime.call.incoming", "data": {"call_id": 7}}') == 200
    assert line.deliver(incoming("rtc_1")) == 200
    for _ in range(webhooks.MOST_TRIES):
        process(line)
        with scope.workspace(line.workspace.id):
            row = InboundWebhook.objects.exclude(state="done").get()
            assert row.next_at > row.received_at
            InboundWebhook.objects.filter(id=row.id).update(next_at=row.received_at)
    poison = next(row for row in stored(line) if row.state == "dead")
    assert (poison.tries, poison.error) == (5, "Invalid: no_call_id")
    assert due(line) == []
    assert len(calls(line)) == 1


def test_a_delivery_waits_for_its_pause(line):
    line.deliver(incoming("rtc_1"))
    with scope.workspace(line.workspace.id):
        later = scope.now() + timedelta(minutes=1)
        InboundWebhook.objects.update(next_at=later)
    assert due(line) == []


def test_deliveries_of_other_workspaces_stay_apart(line):
    other = support.make_line()
    line.deliver(incoming("rtc_1"), webhook_id="wh_1")
    other.deliver(incoming("rtc_1"), webhook_id="wh_1")
    process(line)
    process(other)
    assert len(calls(line)) == len(calls(other)) == 1
    assert calls(line)[0].id != calls(other)[0].id
    assert json.loads(stored(other)[0].body)["data"]["call_id"] == "rtc_1"
