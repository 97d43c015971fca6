"""The Celery application: it rings bells; rows in Postgres are the truth."""

import os

from celery import Celery

from console import broker

broker.use()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("readback")
# Threads of the web server, too, must send through this application.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
