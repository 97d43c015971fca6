"""A CRM that speaks like HubSpot: properties are text, no keys, no versions, limits told in headers."""

import copy
import json
import time
import uuid
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting, bearer
from voice.simulator.receivers.crm import SEED
from voice.simulator.receivers.modes import Mode, answer

BASE = "/hubspot/crm/v3/objects/contacts"
NAMES = {
    "first_name": "firstname", "last_name": "lastname", "mobile": "mobilephone",
}  # fmt: skip
SEED_AT = "2026-09-14T08:30:00.000Z"
WINDOW_MS = 10_000


class HubSpot:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("hubspot", journal)
        self.contacts: dict[str, dict[str, Any]] = {
            contact_id.removeprefix("c-"): {
                "id": contact_id.removeprefix("c-"),
                "properties": {
                    NAMES.get(name, name): as_text(value) for name, value in known.items()
                }
                | {"readback_receipt": ""},
                "createdAt": SEED_AT,
                "updatedAt": SEED_AT,
                "archived": False,
            }
            for contact_id, known in SEED.items()
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{BASE}/search", self.search),
            web.get(BASE + "/{id}", self.read),
            web.patch(BASE + "/{id}", self.edit),
        ]

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)
        if entry["kind"] == "effect":
            self._apply_edit(entry["effect"], entry["at"])

    def held(self) -> list[dict[str, Any]]:
        return list(self.contacts.values())

    async def read(self, request: web.Request) -> web.StreamResponse:
        async def effect() -> web.Response:
            contact = self.contacts.get(request.match_info["id"])
            names = request.query.get("properties", "email,firstname,lastname").split(",")
            return web.json_response(_shown(contact, names)) if contact else _not_found()

        return await self._answer(request, effect)

    async def search(self, request: web.Request) -> web.StreamResponse:
        body = _object(await request.read())

        async def effect() -> web.Response:
            groups = body.get("filterGroups") if body else None
            if not isinstance(groups, list) or not groups:
                return _problem(400, "VALIDATION_ERROR", "filterGroups is required")
            names = [str(name) for name in (body or {}).get("properties", ["email"])]
            found = [
                _shown(one, names)
                for one in self.contacts.values()
                if any(_fits(one, group) for group in groups)
            ]
            return web.json_response({"total": len(found), "results": found})

        return await self._answer(request, effect)

    async def edit(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if not (refused := _stranger(request)):
            self.counting.count_request("")

        async def effect() -> web.Response:
            return self._edit(request.match_info["id"], raw)

        return refused or await self._answer(request, effect)

    def _edit(self, contact_id: str, raw: bytes) -> web.Response:
        contact = self.contacts.get(contact_id)
        if contact is None:
            return _not_found()
        body = _object(raw)
        properties = body.get("properties") if body else None
        if not isinstance(properties, dict) or not properties:
            return _problem(400, "VALIDATION_ERROR", "Invalid input JSON")
        known: dict[str, str] = contact["properties"]
        for name in properties:
            if name not in known:
                text = f'Property values were not valid: "{name}" does not exist'
                return _problem(400, "VALIDATION_ERROR", text)
        wanted = {name: as_text(value) for name, value in properties.items()}
        edit = {"contact_id": contact_id, "body": wanted, "before": {n: known[n] for n in wanted}}
        self._apply_edit(edit, time.time())
        self.counting.record_effect("", raw, 200, {}, **edit)
        return web.json_response(copy.deepcopy(contact))

    def _apply_edit(self, edit: dict[str, Any], at: float) -> None:
        contact = self.contacts[edit["contact_id"]]
        contact["properties"].update(edit["body"])
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
        contact["updatedAt"] = f"{moment}.{int(at * 1000) % 1000:03d}Z"

    async def _answer(self, request: web.Request, effect: Any) -> web.StreamResponse:
        refusals = {"429": _limited, "5xx": _broken}
        return _stranger(request) or await answer(self.counting.mode, request, effect, refusals)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _shown(contact: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Only what was asked for; an empty property is null."""
    properties = {name: contact["properties"].get(name) or None for name in names}
    return {**contact, "properties": properties}


def _fits(contact: dict[str, Any], group: Any) -> bool:
    filters = group.get("filters", []) if isinstance(group, dict) else []
    return bool(filters) and all(
        one.get("operator") == "EQ"
        and contact["properties"].get(one.get("propertyName")) == as_text(one.get("value"))
        for one in filters
    )


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _stranger(request: web.Request) -> web.Response | None:
    if bearer(request) in ("", "sk-bad"):
        return _problem(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
    return None


def _not_found() -> web.Response:
    return _problem(404, "OBJECT_NOT_FOUND", "Object not found.")


def _broken(mode: Mode) -> web.Response:
    return _problem(mode.status, "INTERNAL_ERROR", "There was a problem with the request.")


def _limited(mode: Mode) -> web.Response:
    """The rolling window; a day's quota where it says to come back in more than a minute."""
    daily = mode.retry_after > 60
    policy = "DAILY" if daily else "TEN_SECONDLY_ROLLING"
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid.uuid4()),
        "policyName": policy,
    }
    headers = {
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Interval-Milliseconds": str(WINDOW_MS),
        "X-HubSpot-RateLimit-Daily": "250000",
        "X-HubSpot-RateLimit-Daily-Remaining": "0" if daily else "1200",
    }
    return web.json_response(body, status=429, headers=headers)


def _problem(status: int, category: str, message: str) -> web.Response:
    body = {"status": "error", "message": message, "correlationId": str(uuid.uuid4())}
    return web.json_response({**body, "category": category}, status=status)
