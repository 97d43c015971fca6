"""A Redis of a test's own, that may be frozen, stopped and started again."""

import os
import signal
import subprocess
import time
from pathlib import Path

import redis

from console.stack import valkey


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "kv.sock"
        self.url = f"unix://{self.socket}?db=0"
        self.start()

    def start(self) -> None:
        argv = [str(valkey.find_binary()), "--port", "0", "--save", "", "--dir", str(self.folder)]
        argv += ["--unixsocket", str(self.socket)]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        for _ in range(200):
            if self._answers():
                return
            time.sleep(0.02)
        raise RuntimeError("the server does not answer")

    def _answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    def client(self, number: int = 1) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(self.socket), db=number, socket_timeout=2)

    def tasks(self) -> int:
        """Bells that wait in Celery's queue of the outbox."""
        found: int = self.client().llen("outbox")
        return found

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
