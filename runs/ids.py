"""Identifiers: time-ordered keys, and short public ids that people read aloud."""

import re
import secrets
import threading
import time
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PUBLIC = re.compile(rf"[A-Z]{{3,4}}-[{_CROCKFORD}]{{8}}")
_lock = threading.Lock()
_last_ticks = 0


def uuid7(at_ms: int | None = None) -> uuid.UUID:
    """A time-ordered uuid (RFC 9562 version 7): 48 bits of milliseconds, 12 of sub-milliseconds, 62 random.

    Two ids made by one process are never out of order: the sub-millisecond part is bumped under a lock.
    """
    global _last_ticks
    ticks = (at_ms << 12) if at_ms is not None else time.time_ns() * 4096 // 1_000_000
    with _lock:
        if at_ms is None:
            ticks = _last_ticks = max(ticks, _last_ticks + 1)
    milliseconds, fraction = ticks >> 12, ticks & 0xFFF
    tail = secrets.randbits(62)
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0x2 << 62) | tail)


def public_id(prefix: str) -> str:
    """An id such as `PRO-7K2M9Q4T`: 8 random Crockford characters, unique per workspace by constraint."""
    return f"{prefix}-{''.join(secrets.choice(_CROCKFORD) for _ in range(8))}"


def is_public(text: str) -> bool:
    """Whether the text has the form of a public id; what has not needs no look-up."""
    return _PUBLIC.fullmatch(text) is not None


def run_id() -> str:
    return public_id("RUN")


def call_id() -> str:
    return public_id("CALL")


def evidence_id() -> str:
    return public_id("EVD")


def proposal_id() -> str:
    return public_id("PRO")


def outbox_id() -> str:
    return public_id("OBX")
