"""What watchers are told is committed; a Redis that is gone costs the writer nothing."""

import json

import pytest
import redis
from django.conf import settings as configured
from django.db import transaction

from runs import bus, ledger, people, scope, topics
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run():
    house = northwind()
    with scope.workspace(house.workspace.id):
        return factories.make_run(house.workspace)


@pytest.fixture
def watcher(run):
    client = redis.Redis.from_url(configured.REDIS_URL)
    listening = client.pubsub(ignore_subscribe_messages=True)
    listening.subscribe(topics.run(run.workspace_id, run.id))
    listening.get_message(timeout=1)
    yield listening
    listening.close()
    client.close()


def heard(watcher):
    message = watcher.get_message(timeout=1)
    return json.loads(message["data"]) if message else None


def note(run):
    by = people.system("tests", run.workspace_id)
    return ledger.append(run.id, "noise.noted", by=by, at=scope.now(), position=0)


def test_a_committed_line_is_told_with_its_number(run, watcher):
    with scope.workspace(run.workspace_id):
        line = note(run)
    frame = heard(watcher)
    assert (frame["number"], frame["kind"]) == (line.number, "noise.noted")


def test_a_line_that_was_rolled_back_is_never_told(run, watcher):
    with pytest.raises(RuntimeError), scope.workspace(run.workspace_id), transaction.atomic():
        note(run)
        raise RuntimeError
    assert heard(watcher) is None


def test_a_line_is_recorded_while_redis_is_gone(run, settings, monkeypatch):
    monkeypatch.setattr(bus, "_resting_until", 0.0)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bus._client.cache_clear()
    with scope.workspace(run.workspace_id):
        note(run)
    with scope.workspace(run.workspace_id):
        assert ledger.last_number(run.id) == 2
    bus._client.cache_clear()
