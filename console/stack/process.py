"""One running child: started in its own session, its output kept, its whole group ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from console.stack.accounts import LAUNCHER, Account
from console.stack.errors import StackError
from console.stack.guard import Guard, signal_group

_LOG_LIMIT = 20_000_000

Probe = Callable[["Process"], bool]


def started(process: "Process") -> bool:
    """Ready as soon as it runs."""
    return process.running


@dataclass(frozen=True)
class Program:
    """What to run, how to know that it is ready, and how to stop it."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    probe: Probe = started
    ready_line: str = ""  # a part of a line of its output
    ready_within: float = 60.0
    stop_signal: int = signal.SIGTERM
    stop_within: float = 8.0
    death_signal: int = signal.SIGKILL
    account: Account = field(default_factory=Account)
    before: Callable[[], None] | None = None  # cleans up what a killed predecessor left
    server: bool = False  # others use it: stopped alone and after them; its lines stay in its log
    may_end: bool = False  # exit 0 is no crash


class Process:
    def __init__(
        self,
        program: Program,
        *,
        guard: Guard,
        log: Path,
        echo: Callable[[str, str], None] | None = None,
    ) -> None:
        self.program = program
        self.tail: deque[str] = deque(maxlen=15)
        self._guard = guard
        self._log = log
        self._echo = echo
        self._saw_ready_line = threading.Event()
        if program.before is not None:
            program.before()
        self._popen = subprocess.Popen(
            self._argv(),
            cwd=program.cwd,
            env=dict(program.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.pid = self._popen.pid
        guard.watch(self.pid, program.death_signal)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _argv(self) -> list[str]:
        own = [f"--parent={os.getpid()}", f"--death-signal={int(self.program.death_signal)}"]
        return [
            *[sys.executable, "-I", "-S", str(LAUNCHER), *own],
            *[*self.program.account.arguments(), "--", *self.program.argv],
        ]

    def _read(self) -> None:
        assert self._popen.stdout is not None
        with self._open_log() as log:
            for raw in self._popen.stdout:
                line = raw.decode(errors="replace").rstrip()
                self._write(log, line)
                self.tail.append(line)
                if self.program.ready_line and self.program.ready_line in line:
                    self._saw_ready_line.set()
                if self._echo is not None and not self.program.server:
                    self._echo(self.program.name, line)

    def _open_log(self) -> IO[str]:
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        return self._log.open("a", buffering=1, errors="replace")

    def _write(self, log: IO[str], line: str) -> None:
        log.write(line + "\n")
        if log.tell() > _LOG_LIMIT:  # a demo left alone must not fill the disk
            self._log.with_suffix(".log.1").write_bytes(self._log.read_bytes())
            log.truncate(0)

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll()

    @property
    def ready(self) -> bool:
        if self.program.ready_line and not self._saw_ready_line.is_set():
            return False
        return self.running and self.program.probe(self)

    def ask_to_stop(self) -> None:
        """Only the process itself: it ends its own children in its own order."""
        if self.running:
            self.signal(self.program.stop_signal)

    def signal(self, number: int) -> None:
        if self.running:
            os.kill(self.pid, number)

    def wait(self, *, within: float) -> bool:
        deadline = time.monotonic() + within
        while self.running and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.running

    def kill(self) -> None:
        """The whole group, whatever it is doing."""
        signal_group(self.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """After its end: no grandchild stays, no line is lost."""
        self._popen.wait()
        deadline = time.monotonic() + 2
        while signal_group(self.pid, signal.SIGKILL) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._guard.forget(self.pid)
        self._reader.join(timeout=2)


def wait_until_ready(process: Process, *, within: float | None = None) -> None:
    """For callers without a supervisor. Raises with the last lines of its output."""
    limit = process.program.ready_within if within is None else within
    deadline = time.monotonic() + limit
    while not process.ready:
        if not process.running:
            process.close()
            why = f"{process.program.name} ended ({describe_exit(process.exit_code)})"
            raise StackError("\n    ".join([why, *process.tail]))
        if time.monotonic() > deadline:
            why = f"{process.program.name} is not ready after {limit:g} s"
            raise StackError("\n    ".join([why, *process.tail]))
        time.sleep(0.02)


def describe_exit(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit {code}"
