"""Deliveries of webhooks while web is killed, on a stack and in a database of its own: `tests.ingest`."""

import os
import subprocess
import sys

from tests.chaos.stage import Stage

LIMIT_S = 400


def play(stage: Stage, *, deliveries: int) -> None:
    own = {k: v for k, v in os.environ.items() if k not in ("READBACK_CHAOS", "CRASH_AT")}
    own |= stage.servers.for_other_runs()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.ingest", str(deliveries)], env=own, timeout=LIMIT_S,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        stage.figures.stuck.append(f"ingest: not over after {LIMIT_S} s")
        return
    words = [line for line in done.stdout.splitlines() if line.startswith("ingest: ")]
    print("  " + (words or ["ingest: said nothing"])[-1], flush=True)
    stage.figures.kills += 3
    if done.returncode != 0 or not words:
        stage.figures.lost.append(f"ingest: {(done.stdout + done.stderr)[-500:]}")
