"""Each process is killed once during a running call; nothing is lost, nothing is done twice."""

import psycopg
import pytest

from tests import faults
from tests.journeys.house import wait_until

pytestmark = pytest.mark.stack


def test_a_call_survives_the_death_of_each_process(house, capsys):
    figures = faults.run(house)
    with capsys.disabled():
        print("\n" + figures.words())
    assert figures.effects > 0
    assert figures.clean()


def test_a_worker_goes_on_after_redis_died_under_its_tasks(stack):
    with psycopg.connect(stack.servers.environment()["DATABASE_OWNER_URL"]) as owner:
        # The sweeps of the worker wait here until their connection to Redis is gone.
        owner.execute("LOCK TABLE voice_inboundwebhook IN ACCESS EXCLUSIVE MODE")
        wait_until("a task waits", lambda: _waiting(owner), within=30)
        stack.kill("valkey")
        stack.start("valkey")
    before = stack.log("worker", lines=10_000).count("sweep_webhooks[")
    wait_until(
        "it sweeps again",
        lambda: stack.log("worker", lines=10_000).count("sweep_webhooks[") > before + 4,
    )
    assert stack.running("worker")


def _waiting(owner: psycopg.Connection) -> bool:
    found = owner.execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'voice_inboundwebhook'::regclass"
    ).fetchone()
    return bool(found and found[0])
