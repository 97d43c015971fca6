"""A CRM that speaks like Salesforce: sessions that end, errors in an array, 204 for a write."""

import calendar
import json
import secrets
import time
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.counting import Counting, bearer
from voice.simulator.receivers.crm import SEED
from voice.simulator.receivers.modes import Mode, answer

RECORD = "/salesforce/services/data/{version}/sobjects/Contact/{id}"
NAMES = {
    "first_name": "FirstName", "last_name": "LastName", "email": "Email", "phone": "Phone",
    "mobile": "MobilePhone", "address": "MailingStreet", "notes": "Description",
    "followup_needed": "Followup_Needed__c", "preferred_channel": "Preferred_Channel__c",
}  # fmt: skip
SEED_AT = 1_789_374_600.0


class Salesforce:
    def __init__(self, journal: Journal) -> None:
        self.counting = Counting("salesforce", journal)
        self.sessions: set[str] = set()
        self.signed_in = 0
        self.contacts: dict[str, dict[str, Any]] = {
            contact_id.replace("c-", "003"): {
                "attributes": {"type": "Contact"},
                "Id": contact_id.replace("c-", "003"),
                **{
                    NAMES[name]: None if value == "" else value
                    for name, value in known.items()
                    if name in NAMES
                },
                "Readback_Receipt__c": None,
                "LastModifiedDate": _moment(SEED_AT),
            }
            for contact_id, known in SEED.items()
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/salesforce/services/oauth2/token", self.sign_in),
            web.post("/_sim/salesforce/end_sessions", self.end_sessions),
            web.get(RECORD, self.read),
            web.patch(RECORD, self.edit),
        ]

    def replay(self, entry: Entry) -> None:
        self.counting.apply(entry)
        if entry["kind"] == "effect":
            self._apply_edit(entry["effect"], entry["at"])

    def held(self) -> list[dict[str, Any]]:
        return list(self.contacts.values())

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        if form.get("client_secret") in (None, "", "sk-bad"):
            body = {"error": "invalid_client", "error_description": "invalid client credentials"}
            return web.json_response(body, status=400)
        token = f"00D{secrets.token_hex(24)}"
        self.sessions.add(token)
        self.signed_in += 1
        where = f"{request.scheme}://{request.host}/salesforce"
        return web.json_response(
            {"access_token": token, "instance_url": where, "token_type": "Bearer"}
        )

    async def end_sessions(self, request: web.Request) -> web.Response:
        ended = len(self.sessions)
        self.sessions.clear()
        return web.json_response({"ended": ended, "signed_in": self.signed_in})

    async def read(self, request: web.Request) -> web.StreamResponse:
        async def effect() -> web.Response:
            contact = self.contacts.get(request.match_info["id"])
            return web.json_response(contact) if contact else _not_found()

        return await self._answer(request, effect)

    async def edit(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if bearer(request) in self.sessions:
            self.counting.count_request("")

        async def effect() -> web.Response:
            return self._edit(request, raw)

        return await self._answer(request, effect)

    def _edit(self, request: web.Request, raw: bytes) -> web.Response:
        contact = self.contacts.get(request.match_info["id"])
        if contact is None:
            return _not_found()
        changed = _epoch(contact["LastModifiedDate"])
        try:
            since = request.headers.get("If-Unmodified-Since")
            limit = parsedate_to_datetime(since).timestamp() if since else changed
        except ValueError:
            return _problem(400, "INVALID_HEADER_VALUE", "If-Unmodified-Since is no date")
        if int(changed) > limit:
            return _problem(412, "PRECONDITION_FAILED", "The record was modified meanwhile")
        try:
            wanted = json.loads(raw)
        except ValueError:
            wanted = None
        if not isinstance(wanted, dict) or not wanted:
            return _problem(400, "JSON_PARSER_ERROR", "Unexpected end of input")
        for name in wanted:
            if name not in contact or name in ("Id", "attributes", "LastModifiedDate"):
                return _problem(400, "INVALID_FIELD", f"No such column '{name}' on Contact", [name])
        edit = {
            "contact_id": contact["Id"],
            "body": wanted,
            "before": {n: contact[n] for n in wanted},
        }
        self._apply_edit(edit, time.time())
        self.counting.record_effect("", raw, 204, {}, **edit)
        return web.Response(status=204)

    def _apply_edit(self, edit: dict[str, Any], at: float) -> None:
        contact = self.contacts[edit["contact_id"]]
        contact.update(edit["body"])
        contact["LastModifiedDate"] = _moment(at)

    async def _answer(self, request: web.Request, effect: Any) -> web.StreamResponse:
        if bearer(request) not in self.sessions:
            return _problem(401, "INVALID_SESSION_ID", "Session expired or invalid")
        refusals = {"429": _limited, "5xx": _broken}
        return await answer(self.counting.mode, request, effect, refusals)


def _moment(at: float) -> str:
    return (
        time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03d}+0000"
    )


def _epoch(moment: str) -> float:
    return float(calendar.timegm(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S")))


def _not_found() -> web.Response:
    return _problem(404, "NOT_FOUND", "The requested resource does not exist")


def _broken(mode: Mode) -> web.Response:
    return _problem(mode.status, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")


def _limited(mode: Mode) -> web.Response:
    """Salesforce tells a spent quota with 403."""
    return _problem(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def _problem(status: int, code: str, message: str, fields: list[str] | None = None) -> web.Response:
    body = [{"message": message, "errorCode": code, "fields": fields or []}]
    return web.json_response(body, status=status)
