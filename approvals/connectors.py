"""Where connections come from: the gate asks, the floor above answers (`connect` is called at start-up)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Resolved:
    """How to reach another system right now. The secret never leaves the process that sends.

    `kind` chooses the dialect that is spoken there; `config` is what that dialect needs besides.
    """

    id: uuid.UUID
    name: str
    base_url: str
    secret: str = field(repr=False)
    kind: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    # What the other side may sign with; while a new secret overlaps with the one before, both.
    signing: tuple[str, ...] = field(default=(), repr=False)


class Connections(Protocol):
    """Asked inside a scope of the workspace; each raises Conflict where there is no such connection."""

    def locate(self, name: str) -> uuid.UUID: ...

    def kind_of(self, connection_id: uuid.UUID) -> str: ...

    def host_of(self, connection_id: uuid.UUID) -> str: ...

    def resolve(self, connection_id: uuid.UUID, used_for: str = "") -> Resolved: ...


class _Unset:
    def locate(self, name: str) -> uuid.UUID:
        raise LookupError("approvals.connectors.connect was not called at start-up")

    def kind_of(self, connection_id: uuid.UUID) -> str:
        raise LookupError("approvals.connectors.connect was not called at start-up")

    def host_of(self, connection_id: uuid.UUID) -> str:
        raise LookupError("approvals.connectors.connect was not called at start-up")

    def resolve(self, connection_id: uuid.UUID, used_for: str = "") -> Resolved:
        raise LookupError("approvals.connectors.connect was not called at start-up")


_source: Connections = _Unset()


def connect(source: Connections) -> None:
    global _source
    _source = source


def locate(name: str) -> uuid.UUID:
    """The id of the connection of this name."""
    return _source.locate(name)


def kind_of(connection_id: uuid.UUID) -> str:
    """The kind of the connection; it never changes for an id."""
    return _source.kind_of(connection_id)


def host_of(connection_id: uuid.UUID) -> str:
    """Host and port that the connection leads to now."""
    return _source.host_of(connection_id)


def resolve(connection_id: uuid.UUID, used_for: str = "") -> Resolved:
    """`used_for` names the effect for which the secret is about to be sent."""
    return _source.resolve(connection_id, used_for)
