"""Redis forgets everything, dies and freezes while people approve; the worker that is shipped does the rest."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.chaos.stage import Stage

FAULTS = ("flush", "kill", "freeze")


def play(stage: Stage, *, rounds: int, actions: int) -> None:
    from tests.approvals.redis_server import RedisServer

    with tempfile.TemporaryDirectory(prefix="rb-chaos-") as folder:
        server = RedisServer(Path(folder))
        _use(server.url)
        worker = _worker(server)
        try:
            for number in range(rounds):
                for fault in FAULTS:
                    _strike(stage, server, fault, f"{number}-{fault}", actions)
            _wait(stage, within=45.0)
        finally:
            worker.kill()
            worker.wait()
            server.stop()
            _use(stage.servers.redis_url)
    _count(stage)


def _strike(stage: Stage, server: Any, fault: str, key: str, actions: int) -> None:
    stage.figures.redis += 1
    if fault == "kill":
        server.stop()
    elif fault == "freeze":
        server.freeze()
    for number in range(actions):
        began = time.monotonic()
        _approve(stage, f"redis:{key}-{number}")
        took = time.monotonic() - began
        stage.figures.slowest_approval_s = max(stage.figures.slowest_approval_s, took)
    if fault == "flush":
        server.client().flushall()
    elif fault == "kill":
        server.start()
    else:
        server.thaw()


def _approve(stage: Stage, key: str) -> None:
    from tests.approvals import support

    arguments = {"to": "dana@homes.example", "subject": key, "text": "Hello"}
    effect = support.Effect(action="resend.send_followup_email", arguments=arguments)
    with stage.office.scope():
        proposal = support.propose(stage.office, wish=support.Content(effects=(effect,), title=key))
    with stage.office.scope():
        support.approve(stage.office, proposal)


def _worker(server: Any) -> "subprocess.Popen[bytes]":
    env = {**os.environ, "REDIS_URL": server.url}
    argv = [sys.executable, "-m", "celery", "-A", "console.celery", "worker", "-P", "solo"]
    argv += ["-Q", "outbox", "-B", "-s", f"{server.folder}/beat", "--without-mingle"]
    return subprocess.Popen(
        [*argv, "--without-gossip"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _use(url: str) -> None:
    """The bells of this process ring there."""
    from celery import current_app
    from django.conf import settings

    from approvals import doorbell
    from console.settings import redis_database
    from runs import bus

    settings.REDIS_URL = url
    broker = redis_database(url, 1, "virtual_host").replace("unix:", "redis+socket:", 1)
    current_app.conf.broker_url = current_app.conf.broker_write_url = broker
    bus._client.cache_clear()
    doorbell._producer.cache_clear()
    bus._resting_until = doorbell._resting_until = 0.0


def _mine() -> Any:
    from approvals.models import OutboxEntry

    return OutboxEntry.objects.filter(request__contains='"subject":"redis:')


def _wait(stage: Stage, within: float) -> None:
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        with stage.office.scope():
            if not _mine().exclude(state="succeeded").exists():
                return
        time.sleep(0.3)


def _count(stage: Stage) -> None:
    from tests.chaos.outbox import effects_of

    judge = stage.judge()
    with stage.office.scope():
        entries = list(_mine())
    for entry in entries:
        stage.figures.effects["key"] = stage.figures.effects.get("key", 0) + 1
        done = effects_of(entry, judge)
        if entry.state != "succeeded" or done < 1:
            stage.figures.lost.append(f"{entry.public_id} {entry.state} with Redis away")
        if done > 1:
            stage.figures.doubled.append(f"{entry.public_id} with Redis away")
