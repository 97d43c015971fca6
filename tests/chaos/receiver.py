"""The far side: three receivers that misbehave by dice or on order, and the judge who counts effects.

`mail` knows idempotency keys, `records` holds absolute values with a version, `notes` knows nothing.
An effect is counted under the reference that its body carries, not under the key it came with.
"""

import asyncio
import hashlib
import json
import random
import socket
from collections import defaultdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

# Of a hundred requests forty go wrong.
FAULTS = {
    "reset_before": 6, "reset_after": 10, "timeout": 4, "5xx_before": 6, "5xx_after": 4,
    "429": 6, "slow": 4,
}  # fmt: skip
HOLD_S = 3.0
SLOW_S = 0.3


@web.middleware
async def _gone(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A worker that was killed while it sent has sent nothing."""
    try:
        return await handler(request)
    except ConnectionResetError:
        return web.Response(status=499)


class Judge:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.share = 0
        self.orders: dict[str, list[str]] = defaultdict(list)
        self.faults: dict[str, int] = defaultdict(int)
        self.effects: dict[str, list[str]] = defaultdict(list)
        self.keys: dict[str, tuple[str, dict[str, Any]]] = {}
        self.records: dict[str, dict[str, Any]] = {}

    def mood(self, name: str) -> str:
        if self.orders[name]:
            return self.orders[name].pop(0)
        if self.dice.randrange(100) >= self.share:
            return "ok"
        (found,) = self.dice.choices(list(FAULTS), weights=list(FAULTS.values()))
        return found

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/mail/emails", self.mail),
            web.get("/records/{id}", self.read),
            web.put("/records/{id}", self.put),
            web.post("/notes", self.note),
            web.get("/tickets", self.look_up),
            web.post("/tickets", self.ticket),
            web.post("/judge", self.order),
            web.get("/judge", self.tell),
        ]

    async def mail(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        key = request.headers.get("Idempotency-Key", "")

        def effect() -> web.Response:
            mark = hashlib.sha256(raw).hexdigest()
            known = self.keys.get(key)
            if known and known[0] != mark:
                body = {"name": "invalid_idempotent_request", "message": "another body"}
                return web.json_response(body, status=409)
            if not known:
                reference = json.loads(raw)["subject"]
                self.effects[f"mail:{reference}"].append(key)
                self.keys[key] = (mark, {"id": f"em-{len(self.keys)}"})
            return web.json_response(self.keys[key][1])

        return await self._answer("mail", request, effect)

    async def read(self, request: web.Request) -> web.StreamResponse:
        return self._record(request.match_info["id"])

    async def put(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        name = request.match_info["id"]

        def effect() -> web.Response:
            held = self.records.setdefault(name, {"value": "", "version": 0})
            if request.headers.get("If-Match") != f'"{held["version"]}"':
                return web.json_response({"message": "changed meanwhile"}, status=412)
            held.update(value=body["value"], version=held["version"] + 1)
            self.effects[f"records:{name}"].append(body["value"])
            return self._record(name)

        return await self._answer("records", request, effect)

    async def note(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())

        def effect() -> web.Response:
            self.effects[f"notes:{body['reference']}"].append("")
            return web.json_response({"id": body["reference"]})

        return await self._answer("notes", request, effect)

    async def look_up(self, request: web.Request) -> web.StreamResponse:
        reference = request.query["reference"]
        found = self.effects[f"tickets:{reference}"]
        return web.json_response({"results": [{"id": reference}] if found else []})

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())

        def effect() -> web.Response:
            self.effects[f"tickets:{body['title']}"].append("")
            self.effects[f"tickets:{body['reference']}"].append("")
            return web.json_response({"id": body["reference"]}, status=201)

        return await self._answer("tickets", request, effect)

    async def order(self, request: web.Request) -> web.StreamResponse:
        """`{"share": 40}` for the dice, `{"notes": ["reset_after"]}` for the next requests,
        `{"records": {"a": "x"}}` for what somebody else has changed."""
        body = await request.json()
        self.share = body.pop("share", self.share)
        for name, value in body.pop("held", {}).items():
            held = self.records.setdefault(name, {"value": "", "version": 0})
            held.update(value=value, version=held["version"] + 1)
        for name, moods in body.items():
            self.orders[name] = list(moods)
        return web.json_response({})

    async def tell(self, request: web.Request) -> web.StreamResponse:
        known = {"effects": self.effects, "faults": self.faults, "records": self.records}
        return web.json_response(known)

    def _record(self, name: str) -> web.Response:
        held = self.records.setdefault(name, {"value": "", "version": 0})
        return web.json_response({"id": name, **held}, headers={"ETag": f'"{held["version"]}"'})

    async def _answer(self, name: str, request: web.Request, effect: Any) -> web.StreamResponse:
        mood = self.mood(name)
        if mood != "ok":
            self.faults[mood] += 1
        if mood == "slow":
            await asyncio.sleep(SLOW_S)
        elif mood == "reset_before":
            return _reset(request)
        elif mood == "5xx_before":
            return web.json_response({"message": "internal"}, status=500)
        elif mood == "429":
            return web.json_response({}, status=429, headers={"Retry-After": "1"})
        response: web.StreamResponse = effect()
        if mood == "timeout":
            await asyncio.sleep(HOLD_S)
        if mood in ("reset_after", "timeout"):
            return _reset(request)
        if mood == "5xx_after":
            return web.json_response({"message": "internal"}, status=502)
        return response


def _reset(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def serve(listening: socket.socket, seed: int) -> None:
    app = web.Application(middlewares=[_gone])
    app.add_routes(Judge(seed).routes())
    web.run_app(
        app, sock=listening, print=None, handle_signals=False, access_log=None, shutdown_timeout=0.1
    )
