"""Where a server spends its time: its main thread is looked at every few milliseconds of processor time."""

import json
import os
import signal
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY_S = 0.002
NAMED = 5


def begin(told: Path) -> None:
    """Count packages from now on; SIGUSR1 writes what was counted."""
    counts: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        name = str(frame.f_globals.get("__name__", "")) if frame is not None else ""
        parts = name.split(".")
        counts[".".join(parts[:2]) if parts[0] == "runs" else parts[0]] += 1

    def tell(_number: int, _frame: FrameType | None) -> None:
        part = told.with_suffix(".part")
        part.write_text(json.dumps(counts))
        part.rename(told)

    signal.signal(signal.SIGPROF, look)
    signal.signal(signal.SIGUSR1, tell)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)


def begin_if_asked() -> None:
    asked = os.environ.get("BENCH_SAMPLES", "")
    if asked:
        begin(Path(asked))


def words(counts: dict[str, int]) -> str:
    """ "twisted 41 %, asyncio 22 %"."""
    total = sum(counts.values()) or 1
    most = Counter(counts).most_common(NAMED)
    return ", ".join(f"{name} {100 * count // total} %" for name, count in most)
