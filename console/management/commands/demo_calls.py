"""`manage.py demo_calls`: keeps two to four simulated calls going until it is stopped."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections

from console.demo import ringing

LOOK_EVERY_S = 0.5
REST_S = 3.0


class Command(BaseCommand):
    help = "Places simulated calls, so that there is something to see."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=0, help="stop after this many calls")

    def handle(self, *args: Any, **options: Any) -> None:
        simulator_url = os.environ.get("READBACK_SIMULATOR_URL", "").rstrip("/")
        if not simulator_url:
            raise CommandError("READBACK_SIMULATOR_URL is not set: there is nobody who could ring")
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.ring(simulator_url, _base_url(), options["limit"], stopped)

    def ring(self, simulator_url: str, base_url: str, limit: int, stopped: threading.Event) -> None:
        rings, placed, last, quiet = ringing.rings(), 0, time.monotonic(), False
        while not stopped.is_set() and not (limit and placed >= limit):
            pause = LOOK_EVERY_S
            try:
                live = ringing.live_calls(simulator_url)
                if ringing.is_time(live, time.monotonic() - last, placed):
                    ringing.place(next(rings), simulator_url=simulator_url, base_url=base_url)
                    placed, last, quiet = placed + 1, time.monotonic(), False
            except (ringing.NotNow, OperationalError) as error:
                # One line, then patience: the others may still be starting.
                if not quiet:
                    self.stderr.write(f"waiting: {error}".strip())
                quiet, pause = True, REST_S
                close_old_connections()
            stopped.wait(pause)


def _base_url() -> str:
    """Where the simulator finds our webhook: this machine, whatever the site is called outside."""
    port = os.environ.get("PORT", "")
    given = os.environ.get("READBACK_BASE_URL", "http://localhost:8000").rstrip("/")
    return f"http://127.0.0.1:{port}" if port else given
