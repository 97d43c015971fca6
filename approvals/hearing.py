"""Hearing: the caller's words behind evidence. The gate sits below the room that keeps them and asks through this."""

from collections.abc import Callable, Collection

Words = Callable[[Collection[str]], dict[str, str]]


def _unset(ids: Collection[str]) -> dict[str, str]:
    raise LookupError("approvals.hearing.connect was not called at start-up")


_source: Words = _unset


def connect(source: Words) -> None:
    global _source
    _source = source


def words(ids: Collection[str]) -> dict[str, str]:
    """evidence id -> what the caller said; without those that are nobody's words or were redacted."""
    return _source(ids) if ids else {}
