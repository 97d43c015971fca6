"""Change properties of a contact in the CRM: only if they still are what the approver saw."""

from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from approvals import wire
from approvals.action_types import (
    ActionFailed,
    ActionType,
    Confirmation,
    Invocation,
    Reading,
    register,
)
from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency
from runs import canonical
from runs.releases import Risk

Scalar = str | bool | int | None


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ContactChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contact_id: str = Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")
    changes: dict[str, Scalar] = Field(min_length=1, max_length=40)


@register
class UpdateContact(ActionType):
    name: ClassVar[str] = "update_contact"
    label: ClassVar[str] = "Update contact in CRM"
    risk: ClassVar[Risk] = "medium"
    idempotency: ClassVar[Idempotency] = Idempotency.KEY
    key_life: ClassVar[timedelta | None] = timedelta(hours=24)
    Config: ClassVar[type[BaseModel]] = Nothing
    Arguments: ClassVar[type[BaseModel]] = ContactChange

    def target(self, arguments: ContactChange) -> str:
        return f"contact:{arguments.contact_id}"

    def fields(self, arguments: ContactChange) -> tuple[str, ...]:
        return tuple(arguments.changes)

    async def read(
        self, client: httpx2.AsyncClient, connection: Resolved, arguments: ContactChange
    ) -> Reading:
        answer = await wire.request(
            client, "GET", _url(connection, arguments.contact_id), headers=_headers(connection)
        )
        contact = answer.json()
        properties = contact.get("properties")
        if not isinstance(properties, dict):
            raise ActionFailed("not_accepted", "answer_not_understood", status=answer.status)
        values = {name: properties.get(name) for name in arguments.changes}
        return Reading(values, str(contact.get("id", "")), answer.headers.get("ETag", ""))

    async def send(self, invocation: Invocation) -> Confirmation:
        arguments: Any = invocation.arguments
        connection = invocation.connection
        now = await self.read(invocation.client, connection, arguments)
        _refuse_conflict(arguments.changes, invocation.before, now.values)
        headers = _headers(connection) | {"Idempotency-Key": str(invocation.key)}
        if now.tag:
            headers["If-Match"] = now.tag
        try:
            answer = await wire.request(
                invocation.client, "PATCH", _url(connection, arguments.contact_id),
                headers=headers, body={"properties": arguments.changes},
                on_wire=invocation.on_wire,
            )  # fmt: skip
        except ActionFailed as failed:
            if failed.status == 412:
                # Changed between our reading and our write: read again, then decide.
                raise ActionFailed(
                    "not_accepted", "changed_meanwhile", status=412, answer=failed.answer
                ) from failed
            raise
        contact = answer.json()
        data = {"version": contact["version"]} if "version" in contact else {}
        reference = str(contact.get("id", arguments.contact_id))
        return Confirmation(reference, answer.status, answer.kept, data)


def _refuse_conflict(changes: dict[str, Scalar], before: Any, current: dict[str, Any]) -> None:
    """A field conflicts where the CRM holds neither what was shown nor what is wanted."""
    differs = [
        name
        for name, wanted in changes.items()
        if name in before
        and not _same(current.get(name), before[name])
        and not _same(current.get(name), wanted)
    ]
    if differs:
        raise ActionFailed("conflict", "conflict", answer=", ".join(sorted(differs)))


def _same(one: Any, other: Any) -> bool:
    """Nothing and an empty text are the same; a whole number is not its text."""
    if one in (None, "") and other in (None, ""):
        return True
    return canonical.dumps(one) == canonical.dumps(other)


def _url(connection: Resolved, contact_id: str) -> str:
    return f"{connection.base_url}/contacts/{quote(contact_id, safe='')}"


def _headers(connection: Resolved) -> dict[str, str]:
    return {"Authorization": f"Bearer {connection.secret}", "Accept": "application/json"}
