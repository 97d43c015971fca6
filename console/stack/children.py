"""The supervisor: starts children in order, restarts what crashes, stops them in the opposite order."""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from console.stack.errors import StackError, Stopped
from console.stack.guard import Guard
from console.stack.process import Process, Program, describe_exit

_LOOK_EVERY = 0.1
_CRASHES, _WITHIN = 5, 60.0
_LONGEST_PAUSE = 5.0


class Child:
    """A program that is meant to run, and its crashes."""

    def __init__(self, program: Program, first_pause: float) -> None:
        self.program = program
        self.first_pause = first_pause
        self.process: Process | None = None
        self.crashes: deque[float] = deque(maxlen=_CRASHES)
        self.again_at: float | None = None
        self.coming_back = False
        self.ended = False

    def crashed(self, at: float) -> float | None:
        """Seconds until it may start again; None when it has crashed too often."""
        self.crashes.append(at)
        if len(self.crashes) == _CRASHES and at - self.crashes[0] < _WITHIN:
            return None
        recent = sum(1 for one in self.crashes if at - one < _WITHIN)
        return min(self.first_pause * float(2 ** (recent - 1)), _LONGEST_PAUSE)


class Supervisor:
    def __init__(
        self,
        *,
        logs: Path,
        say: Callable[[str], None],
        echo: Callable[[str, str], None] | None = None,
        first_pause: float = 0.25,
    ) -> None:
        self.logs = logs
        self.first_pause = first_pause
        self.stopping = threading.Event()
        self._parent: int | None = None
        self._say = say
        self._echo = echo
        self._guard = Guard()
        self._children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def listen_to_signals(self) -> None:
        """A second Ctrl-C changes nothing: children have a deadline of their own."""

        def stop(number: int, frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    def stop_with_parent(self) -> None:
        """When whoever started us is gone (a killed `make`), nobody can stop us: so we do."""
        self._parent = os.getppid()

    def start(self, *programs: Program) -> None:
        """Start them together and return when all are ready."""
        fresh = [Child(program, self.first_pause) for program in programs]
        for child in fresh:
            self._children.append(child)
            self._spawn(child)
        for child in fresh:
            self._await_ready(child)

    def run_once(self, program: Program) -> None:
        """A step of the set-up: wait for its end; anything but exit 0 is an error."""
        self._check_stop()
        process = self._open(program)
        deadline = time.monotonic() + program.ready_within
        try:
            while process.running:
                self._check_stop()
                self._look_after()
                if time.monotonic() > deadline:
                    raise StackError(self._words(process, "took too long"))
                time.sleep(0.02)
            if process.exit_code != 0:
                process.close()
                raise StackError(self._words(process, "failed"))
        finally:
            process.kill()

    def watch(self) -> None:
        """Until somebody asks to stop. Raises when a child crashes too often."""
        while not self.stopping.wait(_LOOK_EVERY):
            self._look_after()

    def stop(self) -> None:
        """In the opposite order of the start; whole groups after their deadlines."""
        while self._children:
            last = self._children.pop()
            batch = [last]
            while (
                not last.program.server and self._children and not self._children[-1].program.server
            ):
                batch.append(self._children.pop())
            self._stop_batch(batch)
        self._guard.close()

    def _stop_batch(self, batch: Sequence[Child]) -> None:
        """Servers stop one by one after everything that uses them; the rest stops together."""
        processes = [child.process for child in batch if child.process is not None]
        for process in processes:
            process.ask_to_stop()
        begun = time.monotonic()
        while any(process.running for process in processes):
            for process in processes:
                if process.running and time.monotonic() - begun > process.program.stop_within:
                    process.kill()
            time.sleep(0.02)
        for process in processes:
            process.close()

    def _open(self, program: Program) -> Process:
        log = self.logs / f"{program.name}.log"
        return Process(program, guard=self._guard, log=log, echo=self._echo)

    def _spawn(self, child: Child) -> None:
        self._check_stop()
        child.again_at = None
        child.process = self._open(child.program)

    def _await_ready(self, child: Child) -> None:
        deadline = time.monotonic() + child.program.ready_within
        while not child.ended and (child.process is None or not child.process.ready):
            self._check_stop()
            self._look_after()
            if child.process is not None and time.monotonic() > deadline:
                raise StackError(self._words(child.process, "is not ready"))
            time.sleep(0.02)

    def _look_after(self) -> None:
        if self._parent is not None and os.getppid() != self._parent:
            self.stopping.set()
            return
        now = time.monotonic()
        for child in self._children:
            if child.again_at is not None and now >= child.again_at:
                self._spawn(child)
            elif child.process is not None and child.again_at is None:
                self._look_at(child, child.process, now)

    def _look_at(self, child: Child, process: Process, now: float) -> None:
        if process.running:
            if child.coming_back and process.ready:
                child.coming_back = False
                self._say(f"{child.program.name} is back")
            return
        process.close()
        if child.program.may_end and process.exit_code == 0:
            child.process, child.ended = None, True
            return
        pause = child.crashed(now)
        if pause is None:
            words = f"crashed {_CRASHES} times within {_WITHIN:.0f} s"
            raise StackError(self._words(process, words))
        child.again_at, child.coming_back = now + pause, True
        why = describe_exit(process.exit_code)
        self._say(f"{child.program.name} crashed ({why}): starting it again in {pause:g} s")

    def _words(self, process: Process, what: str) -> str:
        name = process.program.name
        lines = [f"{name} {what}; its log is {self.logs / f'{name}.log'}", *list(process.tail)[-8:]]
        return "\n    ".join(lines)

    def _check_stop(self) -> None:
        if self.stopping.is_set():
            raise Stopped
