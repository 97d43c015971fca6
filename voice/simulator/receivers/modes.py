"""How a receiver misbehaves on order: for the next n writes, then it is well again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

MODES = ("ok", "slow", "5xx", "429", "reset_before", "reset_after", "timeout")
Effect = Callable[[], Awaitable[web.Response]]
Refusal = Callable[["Mode"], web.Response]


@dataclass
class Mode:
    name: str = "ok"
    times: int = 0
    delay_ms: int = 3_000
    hold_ms: int = 60_000
    status: int = 500
    retry_after: int = 1
    note: str = ""
    """A receiver's own word for the kind of refusal, where it has several."""
    reads: bool = False
    """Reads misbehave too."""

    def take(self, *, read: bool) -> str:
        if self.name == "ok" or (read and not self.reads):
            return "ok"
        name = self.name
        self.times -= 1
        if self.times <= 0:
            self.name = "ok"
        return name


async def answer(
    mode: Mode,
    request: web.Request,
    effect: Effect,
    refusals: Mapping[str, Refusal] | None = None,
) -> web.StreamResponse:
    """Run `effect` the way the mode says; the counts are the receiver's own, and so may its refusals be."""
    name = mode.take(read=request.method == "GET")
    if name == "slow":
        await asyncio.sleep(mode.delay_ms / 1000)
    elif refusals and name in refusals:
        return refusals[name](mode)
    elif name == "5xx":
        return web.json_response({"message": "Internal error."}, status=mode.status)
    elif name == "429":
        headers = {"Retry-After": str(mode.retry_after)}
        return web.json_response({"message": "Too many requests."}, status=429, headers=headers)
    elif name == "reset_before":
        return _reset(request)
    response = await effect()
    if name == "reset_after":
        return _reset(request)
    if name == "timeout":
        # The effect has happened and nobody will be told.
        await asyncio.sleep(mode.hold_ms / 1000)
        return _reset(request)
    return response


def _reset(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
