"""The directory for everything that is kept: its lock, its secret, and short paths for sockets."""

import fcntl
import hashlib
import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from console.stack.errors import StackError

# sun_path holds 104 bytes on macOS and 108 on Linux, and Postgres adds ".s.PGSQL.5432.lock".
_LONGEST_SOCKET_DIRECTORY = 80
# Letters that no URL, no list of hosts and no server configuration reads as something else.
_PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")


def open_var(path: Path) -> Path:
    """Make the directory and prove that it can be written."""
    path = path.absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise StackError(
            f"cannot write to {path} ({error.strerror}): set READBACK_VAR to a directory of yours"
        ) from error
    return path


def take_lock(var: Path) -> IO[str]:
    """One runner a directory. The kernel lets go of the lock when the process ends, however it ends."""
    handle = (var / "lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        owner = handle.read().strip()
        handle.close()
        who = f" by process {owner}" if owner else ""
        raise StackError(f"already running: {var / 'lock'} is held{who}") from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def read_secret(path: Path) -> str:
    """A random text that is made once and readable by its owner only."""
    with suppress(FileNotFoundError):
        kept = path.read_text().strip()
        if kept:
            return kept
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
    return value


def socket_directory(wanted: Path) -> Path:
    """`wanted`, or a short one with plain letters below the temporary directory; for our eyes only."""
    path = wanted.absolute()
    if len(os.fsencode(path)) > _LONGEST_SOCKET_DIRECTORY or not _PLAIN.fullmatch(str(path)):
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        root = Path(tempfile.gettempdir())
        if len(os.fsencode(root)) > 50 or not _PLAIN.fullmatch(str(root)):
            root = Path("/tmp")  # noqa: S108 - made 0700 below, and its owner is checked
        path = root / f"readback-{os.geteuid()}-{digest}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        raise StackError(f"{path} belongs to somebody else: remove it or set TMPDIR")
    path.chmod(0o700)
    return path
