"""A task list without idempotency keys: a task bears the asker's reference and can be looked up by it."""

import json
import time
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting, bearer
from voice.simulator.receivers.modes import answer

FIELDS = frozenset(
    ["reference", "title", "description", "priority", "due_on", "contact_id", "assignee", "queue"]
)


class Tickets:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("tasks", journal)
        self.tickets: list[dict[str, Any]] = []

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/tasks/tickets", self.create),
            web.get("/tasks/tickets", self.find),
            web.get("/tasks/tickets/{id}", self.read),
        ]

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)
        if entry["kind"] == "effect":
            self.tickets.append(entry["effect"]["body"])

    def held(self) -> list[dict[str, Any]]:
        return self.tickets

    async def find(self, request: web.Request) -> web.StreamResponse:
        async def effect() -> web.Response:
            wanted = request.query.get("reference", "")
            found = [one for one in self.tickets if one.get("reference") == wanted]
            return web.json_response({"results": found})

        return _stranger(request) or await answer(self.counting.mode, request, effect)

    async def read(self, request: web.Request) -> web.StreamResponse:
        for one in self.tickets:
            if one["id"] == request.match_info["id"]:
                return _stranger(request) or web.json_response(one)
        return _problem(404, "No such ticket.")

    async def create(self, request: web.Request) -> web.StreamResponse:
        if refused := _stranger(request):
            return refused
        raw = await request.read()
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        reference = str(body.get("reference", "")) if isinstance(body, dict) else ""
        self.counting.count_request(reference)

        async def effect() -> web.Response:
            return self._create(body, raw, reference)

        return await answer(self.counting.mode, request, effect)

    def _create(self, body: Any, raw: bytes, reference: str) -> web.Response:
        if not isinstance(body, dict) or not body.get("title"):
            return _problem(422, "A ticket needs a title.")
        if strange := sorted(set(body) - FIELDS):
            return _problem(422, f"Unknown fields: {', '.join(strange)}.")
        ticket = {
            "id": f"T-{1001 + len(self.tickets)}",
            "state": "open",
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            **body,
        }
        self.tickets.append(ticket)
        self.counting.record_effect(reference, raw, 201, ticket, body=ticket)
        return web.json_response(ticket, status=201)


def _stranger(request: web.Request) -> web.Response | None:
    return _problem(401, "Who are you?") if bearer(request) in ("", "sk-bad") else None


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
