"""Places where a test may kill this process, to prove that dying there loses and doubles nothing."""

import os
import signal

# Both must be set, at start: no request and no row can turn this on.
_AT = os.environ.get("CRASH_AT", "") if os.environ.get("READBACK_CHAOS") == "1" else ""


def crashpoint(name: str) -> None:
    if _AT and name == _AT:
        os.kill(os.getpid(), signal.SIGKILL)
