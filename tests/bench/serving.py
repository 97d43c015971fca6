"""Servers of the bench's application, and one measured run of viewers and publisher against one of them."""

import importlib.util
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.stack import ports
from tests.bench import sampling, viewers
from tests.bench.processes import busy_seconds
from tests.bench.publishing import Load
from tests.bench.viewers import Seen, Want
from tests.chaos.children import Child

PATIENCE_S = 60.0
APP = "tests.bench.live_app:application"


def kinds() -> tuple[str, ...]:
    """The servers that are here."""
    return ("daphne", *(["uvicorn"] if importlib.util.find_spec("uvicorn") else []))


@dataclass
class Server:
    kind: str
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def cpu_s(self) -> float:
        return busy_seconds(self.process.pid)


@contextmanager
def serving(kind: str, app: str = APP, *, port: int = 0, **env: str) -> Iterator[Server]:
    port = port or ports.any_free()
    made = {
        "daphne": ["daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", app],
        "uvicorn": ["uvicorn", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error",
                    "--ws", "websockets-sansio", "--ws-per-message-deflate", "false",
                    "--lifespan", "off", "--no-access-log", app],
        "bare": ["tests.bench.bare_server", str(port)],
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", *made[kind]], env={**os.environ, **env}, stderr=subprocess.DEVNULL
    )
    try:
        _await(lambda: _answers(port), f"{kind} on {port}")
        yield Server(kind, port, process)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Ran:
    """What one load did to a server."""

    load: Load
    seen: Seen
    kept: bool  # the publisher kept its rate
    expected: int  # deltas that all viewers together were to see
    cpu_us: float  # of the server, for each that was seen
    publisher_us: float

    @property
    def lost(self) -> int:
        return self.expected - self.seen.deltas

    @property
    def good(self) -> bool:
        return self.kept and not self.lost and self.seen.wait(0.99) < 250

    @property
    def per_s(self) -> float:
        return self.load.rate * self.expected / max(1, self.load.deltas)


def run(
    server: Server, load: Load, wants: list[Want], publish: Callable[[Path], None], patience: float = 2.0
) -> Ran:  # fmt: skip
    """Viewers sit down, the publisher plays its load, what was seen is judged."""
    with tempfile.TemporaryDirectory(prefix="readback-bench-") as name:
        folder = Path(name)
        client = Child(lambda: viewers.watch(wants, folder, "all", load.each * len(wants)))
        publisher = None
        try:
            _await((folder / "all.ready").exists, "the viewers", client)
            began = server.cpu_s
            publisher = Child(lambda: publish(folder / "told"))
            told = _told(folder / "told", publisher, load)
            _wait((folder / "all.done").exists, patience)
            spent = server.cpu_s - began
            (folder / "all.stop").touch()
            _await((folder / "all.seen").exists, "the judgement", client)
            seen: Seen = pickle.loads((folder / "all.seen").read_bytes())
        finally:
            client.kill()
            if publisher is not None:
                publisher.kill()
    expected = load.each * len(wants)
    return Ran(
        load, seen, told["took"] < load.seconds * 1.1 + 0.3, expected,
        spent * 1e6 / max(1, seen.deltas), told["cpu_us"],
    )  # fmt: skip


def _told(path: Path, publisher: Child, load: Load) -> dict[str, float]:
    """What the publisher says; one that is far behind its rate is not waited for."""
    ends = time.monotonic() + load.seconds * 5 + 5.0
    while not path.exists() and time.monotonic() < ends:
        if not publisher.running() and not path.exists():
            raise RuntimeError("the publisher died")
        time.sleep(0.02)
    if not path.exists():
        return {"took": math.inf, "cpu_us": math.inf}
    found: dict[str, float] = json.loads(path.read_text())
    return found


def where(kind: str, work: Callable[[Server], Any]) -> str:
    """The same load once more, looked at from inside: which packages the server's time goes to."""
    with tempfile.TemporaryDirectory(prefix="readback-bench-") as name:
        told = Path(name) / "samples"
        with serving(kind, BENCH_SAMPLES=str(told)) as server:
            work(server)
            os.kill(server.process.pid, signal.SIGUSR1)
            _await(told.exists, "the samples")
        return "server: " + sampling.words(json.loads(told.read_text()))


def highest(
    attempt: Callable[[float], Ran], first: float, *, factor: float = 1.6, most: int = 9
) -> Ran:
    """The highest rate that was good, rising until one was not; that one gets a second chance."""
    rate, best = first, None
    for _ in range(most):
        found = attempt(rate)
        if not found.good:
            found = attempt(rate)
        if not found.good:
            if best is not None:
                return best
            rate /= factor * factor
            continue
        best, rate = found, rate * factor
        if rate < first:
            return best
    return best or found


def wants(server: Server, path: str, load: Load, each: int = 1) -> list[Want]:
    """`each` viewers for each topic."""
    return [
        Want(server.port, path, json.dumps({"topic": topic}))
        for topic in load.topics
        for _ in range(each)
    ]


def _answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait(done: Callable[[], bool], seconds: float) -> None:
    """What has not come by then is lost."""
    ends = time.monotonic() + seconds
    while not done() and time.monotonic() < ends:
        time.sleep(0.02)


def _await(done: Callable[[], Any], what: str, child: Child | None = None) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > ends or (child is not None and not child.running() and not done()):
            raise RuntimeError(f"{what} did not come")
        time.sleep(0.02)
