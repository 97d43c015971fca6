"""What leads a command to the demo that runs on this machine: addresses, written while it is up."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

FILE = "running.json"
_NAMES = (
    "DATABASE_URL",
    "REDIS_URL",
    "READBACK_SECRET_KEY",
    "READBACK_SIMULATOR_URL",
    "READBACK_BASE_URL",
    "READBACK_EGRESS_ALLOW",
    "READBACK_VAR",
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "PORT",
)


def write(var: Path, env: Mapping[str, str]) -> None:
    """Readable for its owner only: it holds the secret key."""
    path = var / FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({name: env[name] for name in _NAMES if name in env}, file, indent=1)


def forget(var: Path) -> None:
    (var / FILE).unlink(missing_ok=True)


def enter(root: Path) -> None:
    """Take what is not set from the demo of this checkout, where one runs and no database is named."""
    if os.environ.get("DATABASE_URL"):
        return
    path = Path(os.environ.get("READBACK_VAR") or root / "var") / FILE
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return
    for name, value in found.items():
        os.environ.setdefault(name, value)
