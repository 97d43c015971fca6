"""Somebody's own system: takes any request and shows exactly what arrived. It knows no keys."""

import time
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting
from voice.simulator.receivers.modes import answer

WRITES = ("POST", "PUT", "PATCH", "DELETE")
# What the client's library adds to every request is no news.
DULL = frozenset(
    {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
)


class Sink:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("sink", journal)

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/sink/{path:.*}", self.take)]

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)

    def held(self) -> list[dict[str, Any]]:
        return []

    async def take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        key = request.headers.get("Idempotency-Key", "")
        self.counting.count_request(key)
        headers = [
            [name, value] for name, value in request.headers.items() if name.lower() not in DULL
        ]

        async def effect() -> web.Response:
            seen = {
                "method": request.method,
                "target": request.raw_path,
                "headers": headers,
                "body": raw.decode("utf-8", "replace"),
            }
            number = 1 + len(self.counting.effects)
            told = {"id": f"in-{number}", "at": time.time()}
            self.counting.record_effect(key, raw, 200, told, **seen)
            return web.json_response({"ok": True, **told})

        return await answer(self.counting.mode, request, effect)
