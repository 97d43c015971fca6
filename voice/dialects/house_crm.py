"""The built-in CRM: keys are remembered for a day, a write can name the version it expects."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx2

from approvals import wire
from approvals.action_types import ActionFailed, Confirmation, Invocation, Reading
from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency
from voice.dialects.contact_dialect import Scalar


class HouseCrm:
    offers = Idempotency.KEY

    def spelled(self, value: Any) -> Any:
        return None if value == "" else value

    async def read(
        self,
        client: httpx2.AsyncClient,
        connection: Resolved,
        contact_id: str,
        names: Sequence[str],
    ) -> Reading:
        url = _url(connection, contact_id)
        answer = await wire.request(client, "GET", url, headers=wire.bearer(connection))
        contact = answer.json()
        properties = contact.get("properties")
        if not isinstance(properties, dict):
            raise ActionFailed("not_accepted", "answer_not_understood", status=answer.status)
        values = {name: properties.get(name) for name in names}
        return Reading(values, str(contact.get("id", "")), answer.headers.get("ETag", ""))

    async def write(
        self, invocation: Invocation, contact_id: str, changes: Mapping[str, Scalar], tag: str
    ) -> Confirmation:
        headers = wire.bearer(invocation.connection) | {"Idempotency-Key": str(invocation.key)}
        if tag:
            headers["If-Match"] = tag
        answer = await wire.request(
            invocation.client, "PATCH", _url(invocation.connection, contact_id), headers=headers,
            body={"properties": dict(changes)}, on_wire=invocation.on_wire,
        )  # fmt: skip
        contact = answer.json()
        data = {"version": contact["version"]} if "version" in contact else {}
        reference = str(contact.get("id", contact_id))
        return Confirmation(reference, answer.status, answer.kept, data)


def _url(connection: Resolved, contact_id: str) -> str:
    return f"{connection.base_url}/contacts/{quote(contact_id, safe='')}"
