"""The only door to the simulator: `manage.py simulator`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from voice.simulator import server


class Command(BaseCommand):
    help = server.__doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        server.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        server.run(server.options_from(options))
