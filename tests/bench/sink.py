"""The far side: takes a mail after a delay, once for each key, and counts."""

import asyncio
import json
import socket
import time
import urllib.request
from typing import Any

from aiohttp import web


class Sink:
    def __init__(self) -> None:
        self.delay_s = 0.0
        self.requests: dict[str, int] = {}
        self.at: dict[str, float] = {}

    async def take(self, request: web.Request) -> web.Response:
        key = request.headers.get("Idempotency-Key", "")
        await request.read()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        self.requests[key] = self.requests.get(key, 0) + 1
        self.at.setdefault(key, time.time())
        return web.json_response({"id": f"em-{key[:8]}"})

    async def order(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.delay_s = float(body["delay_s"])
        self.requests, self.at = {}, {}
        return web.json_response({})

    async def tell(self, request: web.Request) -> web.Response:
        return web.json_response({"requests": self.requests, "at": self.at})


def serve(listening: socket.socket) -> None:
    sink = Sink()
    app = web.Application()
    app.add_routes(
        [
            web.post("/emails", sink.take),
            web.post("/order", sink.order),
            web.get("/tell", sink.tell),
        ]
    )
    web.run_app(
        app, sock=listening, print=None, handle_signals=False, access_log=None, shutdown_timeout=0.1
    )


def order(url: str, delay_ms: float) -> None:
    """Begin anew with this delay."""
    _ask(f"{url}/order", {"delay_s": delay_ms / 1000})


def tell(url: str) -> Any:
    return _ask(f"{url}/tell", None)


def _ask(url: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as answer:
        return json.loads(answer.read())
