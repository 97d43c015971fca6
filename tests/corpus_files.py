"""The conversations, strings and vectors that tests read: data of others, beside the project, never in it."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("READBACK_CORPUS") or ROOT.parent / "shared" / "data")
ABSENT = f"no corpus at {CORPUS} (set READBACK_CORPUS)"
NO_CALLS = "evi_profiles"


def present() -> bool:
    return (CORPUS / "conversations").is_dir()


def rows(name: str) -> list[dict[str, Any]]:
    """The JSON lines of one file."""
    lines = (CORPUS / name).read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def schema(name: str) -> dict[str, Any]:
    """What the services of a set ask for."""
    found: dict[str, Any] = json.loads((CORPUS / f"schemas/{name}.json").read_text("utf-8"))
    return found


def sets() -> dict[str, Path]:
    """Files of conversations by name."""
    found = sorted((CORPUS / "conversations").glob("*.jsonl"))
    return {path.stem: path for path in found if path.stem != NO_CALLS}


def strings() -> list[dict[str, Any]]:
    """Hostile and odd text, each with an id."""
    return [
        row
        for path in sorted((CORPUS / "strings").glob("*.jsonl"))
        for row in rows(f"strings/{path.name}")
    ]
