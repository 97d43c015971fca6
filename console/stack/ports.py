"""TCP ports on loopback."""

import os
import socket
from pathlib import Path

from console.stack.errors import StackError

FIRST = 8000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def remembered(path: Path) -> int:
    """The port of the last start where it is still free, else another one, noted in the file."""
    try:
        port = int(path.read_text())
    except (OSError, ValueError):
        port = 0
    if not (1024 <= port < 65536 and is_free(port)):
        port = any_free()
        path.write_text(f"{port}\n")
    return port


def choose_web_port() -> int:
    """PORT where it is given and free, else 8000 or the next free one."""
    given = os.environ.get("PORT", "")
    if not given:
        found = next((port for port in range(FIRST, FIRST + 100) if is_free(port)), None)
        return found or any_free()
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise StackError(f"PORT must be a number from 1 to 65535, not {given!r}")
    if not is_free(int(given)):
        raise StackError(f"port {given} is taken: choose another with PORT, or leave PORT out")
    return int(given)
