"""`manage.py seed_demo --var DIR`: the two businesses of the demo, ready to be called."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.demo import seeding


class Command(BaseCommand):
    help = "Makes or renews the demo's workspaces, people, connections, numbers and releases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--var", type=Path, default=settings.VAR, help="where demo.json is kept"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        var: Path = options["var"]
        if not var.is_dir():
            raise CommandError(f"{var} is not a directory")
        simulator_url = os.environ.get("READBACK_SIMULATOR_URL", "").rstrip("/")
        try:
            door = seeding.seed(var, simulator_url=simulator_url)
        except OSError as error:
            raise CommandError(f"cannot write {var / 'demo.json'}: {error.strerror}") from error
        if not simulator_url:
            self.stdout.write(f"the provider's webhooks go to {settings.BASE_URL}{door}")
        self.stdout.write(f"demo workspaces are set up; people and key are in {var / 'demo.json'}")
