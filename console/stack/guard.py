"""A small process that outlives the runner by a moment: when the runner is gone, it ends what is left.

PR_SET_PDEATHSIG reaches a direct child on Linux; this reaches its children too (beat is one of the
worker's), and works where there is no such signal.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

# Postgres stops cleanly on SIGINT; everything else has nothing to lose.
_GRACE = 5.0


class Guard:
    """Tells the guarding process which process groups to end."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def watch(self, group: int, first_signal: int) -> None:
        self._say(f"+ {group} {first_signal}")

    def forget(self, group: int) -> None:
        self._say(f"- {group} 0")

    def close(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_GRACE * 2)


def signal_group(group: int, number: int) -> bool:
    """False when the group has no process any more."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read_groups() -> dict[int, int]:
    """Follow the runner until it is gone; what it had not taken back is left."""
    groups: dict[int, int] = {}
    for line in sys.stdin:
        verb, group, number = line.split()
        if verb == "+":
            groups[int(group)] = int(number)
        else:
            groups.pop(int(group), None)
    return groups


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = _read_groups()
    for group, first in groups.items():
        signal_group(group, first)
    deadline = time.monotonic() + _GRACE
    while groups and time.monotonic() < deadline:
        groups = {group: first for group, first in groups.items() if signal_group(group, 0)}
        time.sleep(0.05)
    for group in groups:
        signal_group(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
