"""`manage.py place_calls FILE.jsonl`: plays recorded conversations through the running system."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.demo import northwind, playing, ringing

LOOK_EVERY_S = 2.0


class Command(BaseCommand):
    help = "Plays a file of conversations as calls; ends with one JSON line a conversation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="JSON lines: id and turns of a conversation")
        parser.add_argument("--limit", type=int, default=0, help="only the first so many")
        parser.add_argument("--concurrency", type=int, default=4, help="calls at the same time")
        parser.add_argument("--speed", type=float, default=1.0, help="times of the file / speed")
        parser.add_argument("--workspace", default=northwind.SLUG, help="slug of who is called")

    def handle(self, *args: Any, **options: Any) -> None:
        simulator_url = os.environ.get("READBACK_SIMULATOR_URL", "").rstrip("/")
        if not simulator_url:
            raise CommandError(
                "no simulator is known: start `make demo` first, or set READBACK_SIMULATOR_URL"
            )
        if not 0 < options["speed"] <= 1000 or not 1 <= options["concurrency"] <= 200:
            raise CommandError("--speed is above 0 and at most 1000, --concurrency 1 to 200")
        try:
            conversations = list(playing.read(options["file"], options["limit"]))
            line = playing.line_of(options["workspace"], base_url())
        except (OSError, ValueError, ringing.NotNow) as error:
            raise CommandError(str(error)) from error
        self.play(conversations, line, simulator_url, options)

    def play(
        self,
        conversations: list[playing.Conversation],
        line: playing.Line,
        simulator_url: str,
        options: dict[str, Any],
    ) -> None:
        done: list[playing.Played] = []
        told = time.monotonic()
        for played in playing.play_all(
            conversations,
            line,
            simulator_url=simulator_url,
            concurrency=options["concurrency"],
            speed=options["speed"],
        ):
            done.append(played)
            if time.monotonic() - told > LOOK_EVERY_S or len(done) == len(conversations):
                told = time.monotonic()
                turns = sum(one.turns_sent for one in done)
                self.stderr.write(f"{len(done)} of {len(conversations)} calls, {turns} turns")
        order = {one.source_id: place for place, one in enumerate(conversations)}
        for played in sorted(done, key=lambda one: order[one.source_id]):
            self.stdout.write(played.as_json())
        failed = sum(bool(one.error) for one in done)
        if failed:
            raise CommandError(f"{failed} of {len(done)} calls did not go through whole")


def base_url() -> str:
    """Where the simulator finds our webhook: on this machine."""
    port = os.environ.get("PORT", "")
    return f"http://127.0.0.1:{port}" if port else settings.BASE_URL
