"""HubSpot's CRM API v3: properties are text, a write is absolute and knows neither keys nor versions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from approvals import wire
from approvals.action_types import ActionFailed, Confirmation, Invocation, Reading
from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency
from voice.dialects.contact_dialect import Scalar, own_names

USUAL = {"first_name": "firstname", "last_name": "lastname", "mobile": "mobilephone"}
# Locked for a moment, or being moved to another data centre: nothing was done, come back.
_BUSY = {423: 2.0, 477: None}
_DAILY_S = 3600.0


class HubSpot:
    offers = Idempotency.NATURAL

    def spelled(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else str(value)

    async def read(
        self,
        client: httpx2.AsyncClient,
        connection: Resolved,
        contact_id: str,
        names: Sequence[str],
    ) -> Reading:
        theirs = own_names(connection, USUAL)
        wanted = ",".join(theirs.get(name, name) for name in names)
        url = f"{_url(connection, contact_id)}?{urlencode({'properties': wanted})}"
        try:
            answer = await wire.request(client, "GET", url, headers=wire.bearer(connection))
        except ActionFailed as failed:
            raise _explained(failed) from failed
        contact = answer.json()
        properties = contact.get("properties")
        if not isinstance(properties, dict):
            raise ActionFailed("not_accepted", "answer_not_understood", status=answer.status)
        values = {name: properties.get(theirs.get(name, name)) for name in names}
        return Reading(values, str(contact.get("id", "")))

    async def write(
        self, invocation: Invocation, contact_id: str, changes: Mapping[str, Scalar], tag: str
    ) -> Confirmation:
        theirs = own_names(invocation.connection, USUAL)
        properties = {theirs.get(name, name): self.spelled(changes[name]) for name in changes}
        try:
            answer = await wire.request(
                invocation.client, "PATCH", _url(invocation.connection, contact_id),
                headers=wire.bearer(invocation.connection), body={"properties": properties},
                on_wire=invocation.on_wire,
            )  # fmt: skip
        except ActionFailed as failed:
            raise _explained(failed) from failed
        contact = answer.json()
        changed = contact.get("updatedAt")
        data = {"updated_at": changed} if isinstance(changed, str) else {}
        reference = str(contact.get("id", contact_id))
        return Confirmation(reference, answer.status, answer.kept, data)


def _url(connection: Resolved, contact_id: str) -> str:
    return f"{connection.base_url}/crm/v3/objects/contacts/{quote(contact_id, safe='')}"


def _explained(failed: ActionFailed) -> ActionFailed:
    """The same failure with what HubSpot says about when to come back."""
    if failed.status in _BUSY:
        pause = failed.retry_after or _BUSY[failed.status]
        return ActionFailed(
            "not_accepted",
            failed.code,
            status=failed.status,
            answer=failed.answer,
            retry_after=pause,
        )
    if failed.status == 429 and failed.retry_after is None:
        failed.retry_after = _pause(failed)
    return failed


def _pause(failed: ActionFailed) -> float | None:
    """Seconds: the day's quota comes back at midnight, the rolling window when it has rolled."""
    try:
        policy = json.loads(failed.answer).get("policyName", "")
    except (ValueError, AttributeError):
        policy = ""
    if policy == "DAILY":
        return _DAILY_S
    window = failed.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    return int(window) / 1000 if window.isdecimal() and len(window) < 8 else None
