"""What migrating and seeding depend on: where none of it changed, a start need not do them again."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from console.stack import programs

FILE = "prepared"
_COLLECTED = "static/collected"
_NAMES = (
    "DATABASE_OWNER_URL",
    "READBACK_SECRET_KEY",
    "READBACK_SIMULATOR_URL",
    "OPENAI_WEBHOOK_SECRET",
)
_SOURCES = ("*/migrations/*.py", "console/demo/*.py", "requirements/base.lock")


def of(env: Mapping[str, str]) -> str:
    """A digest over migrations, the demo's content, and the addresses and secrets that rows hold."""
    found = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(programs.ROOT.glob(pattern)):
            found.update(path.name.encode() + path.read_bytes())
    for name in _NAMES:
        found.update(f"{name}={env.get(name, '')};".encode())
    return found.hexdigest()


def of_static() -> str:
    """A digest over what pages load and how it is put together."""
    found = hashlib.sha256()
    sources = (programs.ROOT / "static").rglob("*")
    for path in [*sorted(sources), programs.ROOT / "console" / "bundles.py"]:
        if path.is_file():
            found.update(str(path.relative_to(programs.ROOT)).encode() + path.read_bytes())
    return found.hexdigest()


def is_collected(var: Path, static: str) -> bool:
    path = var / _COLLECTED
    return path.is_file() and path.read_text() == static


def note_collected(var: Path, static: str) -> None:
    (var / _COLLECTED).write_text(static)


def is_done(var: Path, prepared: str) -> bool:
    """Whether the cluster in `var` was prepared from the same."""
    path = var / FILE
    known = (var / "pg").is_dir() and (var / "demo.json").is_file() and path.is_file()
    return known and path.read_text().strip() == prepared


def note(var: Path, prepared: str) -> None:
    (var / FILE).write_text(prepared + "\n")
