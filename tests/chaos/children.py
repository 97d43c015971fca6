"""Child processes by fork: a worker is there at once, and a kill costs no import of everything anew."""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

_PDEATHSIG = 1


class Child:
    """One forked process. It ends with its parent, whatever happens to that."""

    def __init__(self, work: Callable[[], None]) -> None:
        _let_go()
        self.pid = os.fork()
        self.code: int | None = None
        if self.pid == 0:
            _become(work)

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def running(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def kill(self) -> None:
        if self.running():
            self.signal(signal.SIGKILL)
            self.wait()

    def wait(self, within: float = 60.0) -> int | None:
        """The exit code; None where it still runs."""
        ends = time.monotonic() + within
        while self.running() and time.monotonic() < ends:
            time.sleep(0.01)
        return self.code


def _let_go() -> None:
    """What two processes must not share: sockets to Postgres and Redis."""
    from django.db import connections

    from approvals import doorbell
    from runs import bus

    connections.close_all()
    bus._client.cache_clear()
    doorbell._producer.cache_clear()


def _become(work: Callable[[], None]) -> None:
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 a fork never returns into its parent's stack
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
