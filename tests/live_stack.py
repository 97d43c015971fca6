"""The processes that are shipped, on the test database: for tests in a browser, and to be killed."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import redis

from console.stack import ports, programs
from console.stack.process import Process, Program, wait_until_ready
from tests import databases, servers
from tests.servers import Servers

NAMES = ("simulator", "web", "switchboard", "worker", "outbox")


@contextmanager
def running() -> "Iterator[LiveStack]":
    """For programs without pytest: servers, a test database, and all processes.

    The environment then leads to the database: call `django.setup()` inside, not before.
    """
    own = servers.start()
    try:
        databases.create(own)
        live = LiveStack(own)
        try:
            yield live.start_all()
        finally:
            live.stop()
            databases.drop(own)
    finally:
        own.stop()


@dataclass
class LiveStack:
    """Start, kill and await by name; `valkey` and `postgres` are names too where the run owns them."""

    servers: Servers
    settings: str = "tests.live_settings"
    web_port: int = field(default_factory=ports.any_free)
    simulator_port: int = field(default_factory=ports.any_free)
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.web_port}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    def environment(self) -> dict[str, str]:
        # The owner's URL stays here: what serves requests must not have it.
        own = {k: v for k, v in self.servers.environment().items() if k != "DATABASE_OWNER_URL"}
        return programs.base_env(
            **own,
            DJANGO_SETTINGS_MODULE=self.settings,
            READBACK_BASE_URL=self.url,
            PORT=str(self.web_port),
            OPENAI_BASE_URL=f"{self.simulator_url}/v1",
            OPENAI_API_KEY="test-key",
        )

    def start_all(self) -> "LiveStack":
        # Tasks that tests of this process rang for belong to no live worker.
        redis.Redis.from_url(self.servers.redis_url).flushall()
        for name in NAMES:
            self.start(name, wait=False)
        for name in NAMES:
            self.wait_ready(name)
        return self

    def start(self, name: str, *, wait: bool = True) -> None:
        """Nothing happens where it runs already."""
        if name in self.servers.programs:
            if not self._process(name).running:
                self.servers.start(name)
            return
        running = self.processes.get(name)
        if running is None or not running.running:
            log = self.servers.home / "log" / f"{name}.log"
            log.parent.mkdir(exist_ok=True)
            if name == "web":
                self._collect()
            self.processes[name] = Process(self._program(name), guard=self.servers.guard, log=log)
        if wait:
            self.wait_ready(name)

    def _collect(self) -> None:
        """What browsers load, once a run."""
        static = self.servers.home / "var" / "static"
        if (static / "staticfiles.json").exists():
            return
        static.mkdir(parents=True, exist_ok=True)
        program = programs.collect(self.environment())
        done = subprocess.run(
            program.argv,
            cwd=program.cwd,
            env=program.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def wait_ready(self, name: str, *, within: float = 60.0) -> None:
        wait_until_ready(self._process(name), within=within)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal and wait for the end; after SIGKILL nothing of its group stays."""
        process = self._process(name)
        process.signal(number)
        if number == signal.SIGKILL:
            process.kill()
            return
        process.wait(within=20)
        process.kill()

    def restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def pause(self, name: str) -> None:
        """It keeps its sockets and answers nothing, as a machine that hangs."""
        os.killpg(self._process(name).pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self._process(name).pid, signal.SIGCONT)

    def running(self, name: str) -> bool:
        return self._process(name).running

    def log(self, name: str, *, lines: int = 40) -> str:
        return databases.log_of(self.servers.home, name, lines=lines)

    def stop(self) -> None:
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.wait(within=8)
            process.kill()
        self.processes.clear()

    def _process(self, name: str) -> Process:
        return (self.servers.processes if name in self.servers.programs else self.processes)[name]

    def _program(self, name: str) -> Program:
        env, home = self.environment(), self.servers.home
        makers: dict[str, Callable[[], Program]] = {
            "web": lambda: programs.web(env, self.web_port),
            "switchboard": lambda: programs.switchboard(env),
            "worker": lambda: programs.worker(env, home / "var"),
            "outbox": lambda: programs.outbox(env),
            "simulator": lambda: programs.simulator(
                env, self.simulator_port, home / "var" / "simulator.json"
            ),
        }
        return makers[name]()
