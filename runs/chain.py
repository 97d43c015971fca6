"""Hash chains: each line commits to the one before it; a salt lets a payload be purged without breaking links."""

import hashlib
import secrets
from dataclasses import dataclass

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    salt: bytes
    digest: bytes
    hash: bytes


def seal(payload: str, salt: bytes) -> bytes:
    """SHA-256(salt || payload)."""
    return hashlib.sha256(salt + payload.encode()).digest()


def join(previous: bytes, digest: bytes) -> bytes:
    """SHA-256(hash of the line before || digest of this line)."""
    return hashlib.sha256(previous + digest).digest()


def link(previous: bytes, payload: str) -> Link:
    """The next link of a chain that ends in `previous`."""
    salt = secrets.token_bytes(16)
    digest = seal(payload, salt)
    return Link(salt=salt, digest=digest, hash=join(previous, digest))
