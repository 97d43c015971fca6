"""`manage.py place_calls FILE.jsonl`: plays recorded conversations through the running system."""

import os
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
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
        self._check(options)
        try:
            conversations = list(playing.read(options["file"], options["limit"]))
        except OSError as error:
            raise _unusable(f"{options['file']}: {error.strerror or error}") from error
        except playing.NotPlayable as error:
            raise _unusable(str(error)) from error
        try:
            line = playing.line_of(options["workspace"], base_url())
        except ringing.NotNow as error:
            raise CommandError(str(error)) from error
        self._play(conversations, line, simulator_url, options)

    def _check(self, options: dict[str, Any]) -> None:
        if not 0 < options["speed"] <= 1000 or not 1 <= options["concurrency"] <= 200:
            raise _unusable("--speed is above 0 and at most 1000, --concurrency 1 to 200")
        if options["limit"] < 0:
            raise _unusable("--limit is 0 (all) or more")

    def _play(
        self,
        conversations: list[playing.Conversation],
        line: playing.Line,
        simulator_url: str,
        options: dict[str, Any],
    ) -> None:
        progress = _Progress(len(conversations), self.stderr.write)
        done: list[playing.Played] = []
        interrupted = False
        try:
            for played in playing.play_all(
                conversations,
                line,
                simulator_url=simulator_url,
                concurrency=options["concurrency"],
                speed=options["speed"],
                told=progress.told,
            ):
                done.append(played)
                progress.ended(played)
        except KeyboardInterrupt:
            interrupted = True
        order = {one.source_id: place for place, one in enumerate(conversations)}
        for played in sorted(done, key=lambda one: order[one.source_id]):
            self.stdout.write(played.as_json())
        progress.say()
        failed = sum(bool(one.error) for one in done)
        if interrupted:
            text = f"stopped: {len(done) - failed} of {len(conversations)} calls went through whole"
            raise CommandError(text, returncode=130)
        if failed:
            raise CommandError(f"{failed} of {len(done)} calls did not go through whole")


class _Progress:
    """Says now and then how far it is; hears from several threads."""

    def __init__(self, calls: int, write: Callable[[str], object]) -> None:
        self.calls, self.write = calls, write
        self.over = 0
        self.sent: dict[str, int] = {}
        self.last = time.monotonic()
        self.lock = threading.Lock()

    def told(self, source_id: str, turns_sent: int) -> None:
        with self.lock:
            self.sent[source_id] = turns_sent
            due = time.monotonic() - self.last > LOOK_EVERY_S
            self.last = time.monotonic() if due else self.last
        if due:
            self.say()

    def ended(self, played: playing.Played) -> None:
        self.over += 1
        self.told(played.source_id, played.turns_sent)

    def say(self) -> None:
        with self.lock:
            turns = sum(self.sent.values())
        self.write(f"{self.over} of {self.calls} calls, {turns} turns")


def _unusable(text: str) -> CommandError:
    """What was typed or given cannot be worked with: the second time would be the same."""
    return CommandError(text, returncode=2)


def base_url() -> str:
    """Where the simulator finds our webhook: on this machine."""
    port = os.environ.get("PORT", "")
    return f"http://127.0.0.1:{port}" if port else settings.BASE_URL
