"""One invocation of an action type as the drain makes it, against the simulator's receivers."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from approvals import action_types, wire
from approvals.action_types import ActionFailed, Confirmation, Invocation
from approvals.connectors import Resolved


def run(
    url: str,
    name: str,
    arguments: Any,
    *,
    kind: str = "",
    config: Any = None,
    secret: str = "sk",
    settings: Any = None,
    connection: Resolved | None = None,
    how: Callable[[Invocation], Awaitable[Confirmation]] | None = None,
    wired: list[bool] | None = None,
    **known: Any,
) -> Confirmation:
    """`how` is the type's own `send` unless something else is asked."""
    found = action_types.get(name)

    async def on_wire() -> None:
        if wired is not None:
            wired.append(True)

    async def go() -> Confirmation:
        async with wire.client() as client:
            invocation = Invocation(
                key=known.pop("key", None) or uuid.uuid4(),
                config=action_types.parse(found.Config, config or {}),
                arguments=action_types.parse(found.Arguments, arguments),
                before=known.pop("before", {}),
                connection=connection or at(url, kind, secret, settings),
                client=client,
                on_wire=on_wire,
                **known,
            )
            return await (how or found.send)(invocation)

    return asyncio.run(go())


def at(url: str, kind: str, secret: str = "sk", settings: Any = None) -> Resolved:
    return Resolved(uuid.uuid4(), "test", url, secret, kind, settings or {})


def fails(*args: Any, **options: Any) -> ActionFailed:
    with pytest.raises(ActionFailed) as caught:
        run(*args, **options)
    return caught.value


def read(name: str, connection: Resolved, arguments: Any) -> Any:
    found = action_types.get(name)

    async def go() -> Any:
        async with wire.client() as client:
            parsed = action_types.parse(found.Arguments, arguments)
            return await found.read(client, connection, parsed)

    return asyncio.run(go())
