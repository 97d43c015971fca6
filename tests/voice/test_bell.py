"""The doorbell: it rings after the commit, and who rings never waits."""

import socket
import time
import uuid

import pytest
from celery import current_app
from django.db import transaction

from voice import bell

pytestmark = pytest.mark.usefixtures("committed_db")


def waiting() -> int:
    with current_app.connection_for_read() as broker:
        return int(broker.default_channel.client.llen("celery"))


def test_a_task_is_rung_after_the_commit_only():
    before = waiting()
    with transaction.atomic():
        bell.ring_task("voice.after_call", uuid.uuid4(), uuid.uuid4())
        time.sleep(0.1)
        assert waiting() == before
    deadline = time.monotonic() + 5
    while waiting() == before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert waiting() == before + 1
    with current_app.connection_for_read() as broker:
        broker.default_channel.client.lpop("celery")


def test_nobody_waits_for_a_broker_that_does_not_answer(celery_broker_that_hangs):
    begun = time.monotonic()
    for _ in range(20):
        bell.ring_task("voice.after_call", uuid.uuid4(), uuid.uuid4())
    # Twenty time-outs one after the other would be far beyond this: a hang, not a speed.
    assert time.monotonic() - begun < 5


@pytest.fixture
def celery_broker_that_hangs():
    """A port that takes connections and says nothing."""

    before = current_app.conf.broker_url
    with socket.create_server(("127.0.0.1", 0)) as server:
        current_app.conf.broker_url = f"redis://127.0.0.1:{server.getsockname()[1]}/1"
        yield
        bell._thread().shutdown(wait=True)
        bell._thread.cache_clear()
        bell._resting_until = 0.0
        current_app.conf.broker_url = before
