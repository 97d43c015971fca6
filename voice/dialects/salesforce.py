"""Salesforce's REST API: a session that ends is opened anew once, a write is refused where the record changed.

Its precondition is a moment in whole seconds: a change within the second of our reading is not noticed.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from approvals import wire
from approvals.action_types import ActionFailed, Confirmation, Invocation, Reading
from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency
from voice.dialects.contact_dialect import Scalar, own_names

VERSION = "v62.0"
USUAL = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "phone": "Phone",
    "mobile": "MobilePhone",
    "address": "MailingStreet",
    "notes": "Description",
    "followup_needed": "Followup_Needed__c",
    "preferred_channel": "Preferred_Channel__c",
}
# Error codes that mean: not now. Their statuses say something else.
_LATER = frozenset({"UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"})

# Sessions live in this process only: connection -> access token.
_sessions: dict[uuid.UUID, str] = {}


class Salesforce:
    offers = Idempotency.NATURAL

    def spelled(self, value: Any) -> Any:
        return None if value == "" else value

    async def read(
        self,
        client: httpx2.AsyncClient,
        connection: Resolved,
        contact_id: str,
        names: Sequence[str],
    ) -> Reading:
        answer = await _ask(client, connection, "GET", contact_id)
        record = answer.json()
        if not isinstance(record.get("Id"), str):
            raise ActionFailed("not_accepted", "answer_not_understood", status=answer.status)
        theirs = own_names(connection, USUAL)
        values = {name: record.get(theirs.get(name, name)) for name in names}
        return Reading(values, record["Id"], _moment(record.get("LastModifiedDate")))

    async def write(
        self, invocation: Invocation, contact_id: str, changes: Mapping[str, Scalar], tag: str
    ) -> Confirmation:
        theirs = own_names(invocation.connection, USUAL)
        answer = await _ask(
            invocation.client, invocation.connection, "PATCH", contact_id,
            body={theirs.get(name, name): self.spelled(changes[name]) for name in changes},
            headers={"If-Unmodified-Since": tag} if tag else {},
            on_wire=invocation.on_wire,
        )  # fmt: skip
        return Confirmation(contact_id, answer.status, answer.kept)


async def _ask(
    client: httpx2.AsyncClient,
    connection: Resolved,
    method: str,
    contact_id: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    on_wire: wire.OnWire | None = None,
) -> wire.Answer:
    """One request; a second one in a new session where the first was refused because the session had ended."""
    version = str(connection.config.get("version", VERSION))
    record = quote(contact_id, safe="")
    url = f"{connection.base_url}/services/data/{version}/sobjects/Contact/{record}"
    for last in (False, True):
        token = _sessions.get(connection.id) or await _open_session(client, connection)
        sent = {"Authorization": f"Bearer {token}", "Accept": "application/json", **(headers or {})}
        try:
            return await wire.request(client, method, url, headers=sent, body=body, on_wire=on_wire)
        except ActionFailed as failed:
            if failed.status == 401:
                _sessions.pop(connection.id, None)
            if failed.status != 401 or last:
                raise _explained(failed) from failed
    raise AssertionError("the second round returns or raises")


async def _open_session(client: httpx2.AsyncClient, connection: Resolved) -> str:
    """OAuth 2.0 client credentials (RFC 6749 4.4), at the address that the connection names for it."""
    login = str(connection.config.get("login_url") or connection.base_url).rstrip("/")
    form = {
        "grant_type": "client_credentials",
        "client_id": str(connection.config.get("client_id", "")),
        "client_secret": connection.secret,
    }
    try:
        answer = await wire.request(
            client,
            "POST",
            f"{login}/services/oauth2/token",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode(form).encode(),
        )
    except ActionFailed as failed:
        if failed.verdict == "no" and failed.status is not None:
            raise ActionFailed("no", "sign_in_refused", status=failed.status) from failed
        raise
    token = answer.json().get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise ActionFailed("not_accepted", "answer_not_understood", status=answer.status)
    _sessions[connection.id] = token
    return token


def _moment(text: Any) -> str:
    """`2026-09-14T08:30:00.000+0000` as an HTTP date; empty where it is no moment."""
    try:
        return format_datetime(_utc(text), usegmt=True)
    except (TypeError, ValueError):
        return ""


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)


def _explained(failed: ActionFailed) -> ActionFailed:
    """The error array names what happened better than the status does."""
    code = _error_code(failed.answer)
    if code in _LATER:
        return ActionFailed(
            "not_accepted", code.lower(), status=failed.status, answer=failed.answer,
            retry_after=failed.retry_after,
        )  # fmt: skip
    if failed.verdict == "no" and code:
        failed.code = code.lower()[:40]
    return failed


def _error_code(answer: str) -> str:
    try:
        first = json.loads(answer)[0]
        return str(first["errorCode"])
    except (ValueError, LookupError, TypeError):
        return ""
