"""Where connections come from: the gate asks, the floor above answers (`connect` is called at start-up)."""

import uuid
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Resolved:
    """How to reach another system right now. The secret never leaves the process that sends."""

    id: uuid.UUID
    name: str
    base_url: str
    secret: str = field(repr=False)


class Connections(Protocol):
    """Both are asked inside a scope of the workspace; both raise Conflict where there is no such connection."""

    def locate(self, name: str) -> uuid.UUID: ...

    def resolve(self, connection_id: uuid.UUID) -> Resolved: ...


class _Unset:
    def locate(self, name: str) -> uuid.UUID:
        raise LookupError("approvals.connectors.connect was not called at start-up")

    def resolve(self, connection_id: uuid.UUID) -> Resolved:
        raise LookupError("approvals.connectors.connect was not called at start-up")


_source: Connections = _Unset()


def connect(source: Connections) -> None:
    global _source
    _source = source


def locate(name: str) -> uuid.UUID:
    """The id of the connection of this name."""
    return _source.locate(name)


def resolve(connection_id: uuid.UUID) -> Resolved:
    return _source.resolve(connection_id)
