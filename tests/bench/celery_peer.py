"""A task per effect, as commonly written with Celery and the ORM: read the row, send, save the row."""

import os
import uuid
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
import httpx2
from celery import Celery

django.setup()

from django.db import models  # noqa: E402


class Effect(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    state = models.CharField(max_length=12, default="pending")
    to = models.CharField(max_length=200)
    reference = models.CharField(max_length=80, default="")

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_effect"


app = Celery("bench", broker=os.environ.get("BENCH_BROKER", os.environ["REDIS_URL"]))
app.conf.update(
    task_ignore_result=True, task_acks_late=True, worker_prefetch_multiplier=1,
    task_default_queue="bench", broker_connection_retry_on_startup=True,
)  # fmt: skip


@app.task(bind=True, max_retries=5)
def send(self: Any, effect_id: str) -> None:
    effect = Effect.objects.get(id=effect_id)
    if effect.state == "done":
        return
    body = {"to": effect.to, "subject": "Hello", "text": "Hello"}
    headers = {"Idempotency-Key": str(effect.id), "Authorization": "Bearer sk"}
    answer = httpx2.post(
        os.environ["BENCH_SINK"] + "/emails", json=body, headers=headers, timeout=15
    )
    answer.raise_for_status()
    effect.state, effect.reference = "done", answer.json()["id"]
    effect.save()
