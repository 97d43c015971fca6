"""The switchboard: one process that owns the side connections of live calls."""

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from voice.switchboard.owner import Switchboard, default_owner


class Command(BaseCommand):
    help = "Accepts, records and leads calls. Several may run: each call has one owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--owner", default="", help="name in leases (default: host and process)"
        )

    def handle(self, *args: Any, owner: str, **options: Any) -> None:
        asyncio.run(self._run(owner or default_owner()))

    async def _run(self, owner: str) -> None:
        switchboard = Switchboard(owner)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, switchboard.stopping.set)
        await switchboard.run(lambda: self._say("switchboard ready"))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
