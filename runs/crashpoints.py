"""Places where a test may kill this process, to prove that dying there loses and doubles nothing."""

import os
import signal
from collections import Counter

# Both must be set, at start: no request and no row can turn this on. `name:2` dies the second time.
_AT = os.environ.get("CRASH_AT", "") if os.environ.get("READBACK_CHAOS") == "1" else ""
_passed: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    if not _AT:
        return
    _passed[name] += 1
    if _AT in (name, f"{name}:{_passed[name]}"):
        os.kill(os.getpid(), signal.SIGKILL)
