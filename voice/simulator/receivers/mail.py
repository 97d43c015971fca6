"""A mail service that keeps each idempotency key for 24 hours."""

import json
import re
import time
import uuid
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting, bearer, digest
from voice.simulator.receivers.modes import Mode, answer

KEY_LIFE_S = 24 * 3600
KEY_LENGTH = 256
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
MOST_RECIPIENTS = 50


class Mail:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("mail", journal)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/emails", self.send), web.get("/emails/{id}", self.read)]

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)

    def held(self) -> list[dict[str, Any]]:
        return []

    async def read(self, request: web.Request) -> web.StreamResponse:
        if not bearer(request):
            return _problem(401, "missing_api_key", "Missing API key in the authorization header.")
        for sent in self.counting.effects:
            if sent["id"] == request.match_info["id"]:
                return web.json_response({"object": "email", "id": sent["id"], **sent["body"]})
        return _problem(404, "not_found", "Email not found.")

    async def send(self, request: web.Request) -> web.StreamResponse:
        if bearer(request) in ("", "sk-bad"):
            return _problem(401, "missing_api_key", "Missing API key in the authorization header.")
        raw = await request.read()
        key = request.headers.get("Idempotency-Key", "")
        self.counting.count_request(key)
        if len(key) > KEY_LENGTH:
            text = "The key must be between 1 and 256 characters long."
            return _problem(400, "invalid_idempotency_key", text)
        if key and key in self.counting.in_flight:
            text = "The same key is in progress; try again later."
            return _problem(409, "concurrent_idempotent_requests", text)

        async def effect() -> web.Response:
            # Done means no longer in flight, even if nobody gets to hear it.
            self.counting.in_flight.discard(key)
            return self._send(raw, key)

        self.counting.in_flight.add(key)
        try:
            return await answer(self.counting.mode, request, effect, {"429": _limited})
        finally:
            self.counting.in_flight.discard(key)

    def _send(self, raw: bytes, key: str) -> web.Response:
        stored = self.counting.answers.get(key) if key else None
        if stored is not None and time.time() < stored.at + KEY_LIFE_S:
            if stored.digest != digest(raw):
                text = "The key was used with another body."
                return _problem(409, "invalid_idempotent_request", text)
            return web.json_response(stored.body, status=stored.status)
        body, wrong = _read_email(raw)
        if wrong:
            return _problem(422, "validation_error", wrong)
        accepted = {"id": str(uuid.uuid4())}
        self.counting.record_effect(key, raw, 200, accepted, id=accepted["id"], body=body)
        return web.json_response(accepted)


def _read_email(raw: bytes) -> tuple[dict[str, Any], str]:
    """The mail, and what is wrong with it."""
    try:
        body = json.loads(raw)
    except ValueError:
        return {}, "The body is not JSON."
    if not isinstance(body, dict):
        return {}, "The body is not an object."
    to = [body["to"]] if isinstance(body.get("to"), str) else body.get("to")
    if not isinstance(to, list) or not to or len(to) > MOST_RECIPIENTS:
        return body, "The `to` field is missing or has no address."
    for address in (body.get("from"), *to):
        if not isinstance(address, str) or not ADDRESS.search(address):
            return body, f"Not an address: {address!r}."
    if not isinstance(body.get("subject"), str) or not body["subject"].strip():
        return body, "Missing `subject` field."
    if not (body.get("text") or body.get("html")):
        return body, "Missing `html` or `text` field."
    return body, ""


def _limited(mode: Mode) -> web.Response:
    """Too many a second, or a day's or a month's quota."""
    found = _problem(429, mode.note or "rate_limit_exceeded", "Too many requests.")
    found.headers["Retry-After"] = str(mode.retry_after)
    return found


def _problem(status: int, name: str, message: str) -> web.Response:
    return web.json_response(
        {"statusCode": status, "name": name, "message": message}, status=status
    )
