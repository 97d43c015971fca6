"""Capability names: those that a workflow may list. The rooms above register theirs at start-up."""

_known: set[str] = set()


def register(name: str) -> None:
    _known.add(name)


def known() -> frozenset[str]:
    return frozenset(_known)
