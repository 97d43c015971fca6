"""Canonical JSON: one spelling of a value, so that a digest of it means something."""

import hashlib
import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, Decimal | float):
        return str(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return stamp(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def stamp(at: datetime) -> str:
    """A moment in UTC with microseconds, always the same length."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def dumps(value: Any) -> str:
    """UTF-8 JSON text: keys sorted, no spaces, decimals and floats as strings."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(dumps(value).encode()).digest()
