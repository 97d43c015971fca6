"""A CRM that keeps contacts, honours Idempotency-Key and If-Match, and logs every edit."""

import copy
import json
import time
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting, bearer, digest
from voice.simulator.receivers.modes import answer

SEED_AT = "2026-09-14T08:30:00Z"
SEED: dict[str, dict[str, Any]] = {
    "c-1001": {
        "first_name": "Dana",
        "last_name": "Whitfield",
        "email": "dana.whitfield@brightwater.example",
        "phone": "+44 7700 900118",
        "mobile": "+44 7700 900118",
        "company": "Brightwater Lettings",
        "address": "14 Alder Row, Stockport SK4 2HQ",
        "followup_needed": False,
        "preferred_channel": "",
        "notes": "Prefers mornings. Key safe at the side gate.",
    },
    "c-1002": {
        "first_name": "Marcus",
        "last_name": "Oyelaran",
        "email": "marcus@oyelaran.example",
        "phone": "+44 7700 900231",
        "mobile": "+44 7700 900231",
        "company": "",
        "address": "3 Quarry Terrace, Buxton SK17 6NT",
        "followup_needed": False,
        "preferred_channel": "phone",
        "notes": "Oil boiler, serviced in March.",
    },
    "c-1003": {
        "first_name": "Teresa",
        "last_name": "Amaya",
        "email": "t.amaya@millgate.example",
        "phone": "+44 7700 900347",
        "mobile": "",
        "company": "Millgate Nursery",
        "address": "Millgate House, Macclesfield SK11 8BD",
        "followup_needed": False,
        "preferred_channel": "email",
        "notes": "",
    },
    "c-1004": {
        "first_name": "Priya",
        "last_name": "Raman",
        "email": "priya.raman@larchclose.example",
        "phone": "+44 7700 900562",
        "mobile": "+44 7700 900562",
        "company": "",
        "address": "22 Larch Close, Wilmslow SK9 5DE",
        "followup_needed": False,
        "preferred_channel": "",
        "notes": "Service contract since 2023.",
    },
    "c-1005": {
        "first_name": "Gareth",
        "last_name": "Pugh",
        "email": "gareth@pugh.example",
        "phone": "+44 7700 900671",
        "mobile": "",
        "company": "",
        "address": "5 Mill Brow, Marple SK6 7LD",
        "followup_needed": False,
        "preferred_channel": "phone",
        "notes": "",
    },
}


class Crm:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("crm", journal)
        self.contacts: dict[str, dict[str, Any]] = {}
        for contact_id, properties in SEED.items():
            self.contacts[contact_id] = {
                "id": contact_id,
                "properties": {**copy.deepcopy(properties), "readback_receipt": ""},
                "updated_at": SEED_AT,
                "version": 1,
            }
        self.edits: list[dict[str, Any]] = []

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/crm/contacts", self.find),
            web.get("/crm/contacts/{id}", self.read),
            web.patch("/crm/contacts/{id}", self.edit),
        ]

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)
        if entry["kind"] == "effect":
            self._apply_edit(entry["effect"], entry["at"])

    def held(self) -> list[dict[str, Any]]:
        return list(self.contacts.values())

    async def find(self, request: web.Request) -> web.StreamResponse:
        async def effect() -> web.Response:
            phone = _digits(request.query.get("phone", ""))
            email = request.query.get("email", "").strip().lower()
            found = [each for each in self.contacts.values() if _matches(each, phone, email)]
            return web.json_response({"results": found})

        return _refuse_stranger(request) or await answer(self.counting.mode, request, effect)

    async def read(self, request: web.Request) -> web.StreamResponse:
        async def effect() -> web.Response:
            contact = self.contacts.get(request.match_info["id"])
            return _contact_answer(contact) if contact else _not_found()

        return _refuse_stranger(request) or await answer(self.counting.mode, request, effect)

    async def edit(self, request: web.Request) -> web.StreamResponse:
        if refused := _refuse_stranger(request):
            return refused
        raw = await request.read()
        key = request.headers.get("Idempotency-Key", "")
        self.counting.count_request(key)

        async def effect() -> web.Response:
            return self._edit(request, raw, key)

        return await answer(self.counting.mode, request, effect)

    def _edit(self, request: web.Request, raw: bytes, key: str) -> web.Response:
        stored = self.counting.answers.get(key) if key else None
        scope = request.path.encode() + b"\n" + raw
        if stored is not None:
            if stored.digest != digest(scope):
                return _problem(409, "idempotency_key_reused", "The key belongs to other bytes.")
            return _contact_answer(stored.body, stored.status, replayed=True)
        contact = self.contacts.get(request.match_info["id"])
        if contact is None:
            return _not_found()
        expected = request.headers.get("If-Match")
        if expected not in (None, "*", _etag(contact)):
            return _problem(412, "precondition_failed", "The contact has changed meanwhile.")
        properties = _read_properties(raw)
        if properties is None:
            return _problem(400, "validation_error", 'Expected {"properties": {…}}.')
        unknown = sorted(set(properties) - set(contact["properties"]))
        if unknown:
            return _problem(400, "unknown_property", f"No such property: {', '.join(unknown)}.")
        before = {name: contact["properties"][name] for name in properties}
        at = time.time()
        edit = {"contact_id": contact["id"], "body": properties, "before": before}
        self._apply_edit(edit, at)
        self.counting.record_effect(key, scope, 200, copy.deepcopy(contact), **edit)
        return _contact_answer(contact)

    def _apply_edit(self, edit: dict[str, Any], at: float) -> None:
        contact = self.contacts[edit["contact_id"]]
        contact["properties"].update(edit["body"])
        contact["version"] += 1
        contact["updated_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        self.edits.append({**edit, "version": contact["version"], "at": at})


def _matches(contact: dict[str, Any], phone: str, email: str) -> bool:
    properties = contact["properties"]
    numbers = {_digits(str(properties[name])) for name in ("phone", "mobile")} - {""}
    return (bool(phone) and phone in numbers) or (
        bool(email) and email == str(properties["email"]).lower()
    )


def _digits(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit())


def _read_properties(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    found = body.get("properties") if isinstance(body, dict) else None
    return found if isinstance(found, dict) and found else None


def _etag(contact: dict[str, Any]) -> str:
    return f'"{contact["id"]}-{contact["version"]}"'


def _contact_answer(
    contact: dict[str, Any], status: int = 200, *, replayed: bool = False
) -> web.Response:
    headers = {"ETag": _etag(contact)}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return web.json_response(contact, status=status, headers=headers)


def _not_found() -> web.Response:
    return _problem(404, "not_found", "No such contact.")


def _problem(status: int, category: str, message: str) -> web.Response:
    body = {"status": "error", "category": category, "message": message}
    return web.json_response(body, status=status)


def _refuse_stranger(request: web.Request) -> web.Response | None:
    if bearer(request) in ("", "sk-bad"):
        return _problem(401, "unauthorized", "A bearer token is needed.")
    return None
