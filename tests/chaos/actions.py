"""Action types for the classes that the shipped ones do not have. Registered in chaos processes only."""

from typing import Any, ClassVar

import httpx2
from pydantic import BaseModel, ConfigDict

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
from runs.releases import Risk


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Put(BaseModel):
    record: str
    value: str


class Note(BaseModel):
    reference: str


@register
class PutRecord(ActionType):
    """An absolute value: asking twice is as good as once, if nobody wrote in between."""

    name: ClassVar[str] = "chaos_put"
    label: ClassVar[str] = "Put record"
    risk: ClassVar[Risk] = "medium"
    idempotency: ClassVar[Idempotency] = Idempotency.NATURAL
    Config: ClassVar[type[BaseModel]] = Nothing
    Arguments: ClassVar[type[BaseModel]] = Put

    def target(self, arguments: Put) -> str:
        return f"record:{arguments.record}"

    def fields(self, arguments: Put) -> tuple[str, ...]:
        return ("value",)

    async def read(
        self, client: httpx2.AsyncClient, connection: Resolved, arguments: Put
    ) -> Reading:
        url = f"{connection.base_url}/records/{arguments.record}"
        answer = await wire.request(client, "GET", url, headers={})
        held = answer.json()
        return Reading({"value": held["value"]}, held["id"], answer.headers["ETag"])

    async def send(self, invocation: Invocation) -> Confirmation:
        arguments: Any = invocation.arguments
        now = await self.read(invocation.client, invocation.connection, arguments)
        shown = invocation.before.get("value", now.values["value"])
        if now.values["value"] not in (shown, arguments.value):
            raise ActionFailed("conflict", "conflict")
        url = f"{invocation.connection.base_url}/records/{arguments.record}"
        try:
            answer = await wire.request(
                invocation.client, "PUT", url, headers={"If-Match": now.tag},
                body={"value": arguments.value}, on_wire=invocation.on_wire,
            )  # fmt: skip
        except ActionFailed as failed:
            if failed.status == 412:
                raise ActionFailed("not_accepted", "changed_meanwhile", status=412) from failed
            raise
        return Confirmation(arguments.record, answer.status, answer.kept)


@register
class PostNote(ActionType):
    """A receiver that knows neither keys nor references: at most once, else a person."""

    name: ClassVar[str] = "chaos_post"
    label: ClassVar[str] = "Post note"
    risk: ClassVar[Risk] = "low"
    idempotency: ClassVar[Idempotency] = Idempotency.NONE
    Config: ClassVar[type[BaseModel]] = Nothing
    Arguments: ClassVar[type[BaseModel]] = Note

    def target(self, arguments: Note) -> str:
        return f"note:{arguments.reference}"

    async def send(self, invocation: Invocation) -> Confirmation:
        arguments: Any = invocation.arguments
        answer = await wire.request(
            invocation.client, "POST", f"{invocation.connection.base_url}/notes", headers={},
            body={"reference": arguments.reference}, on_wire=invocation.on_wire,
        )  # fmt: skip
        return Confirmation(arguments.reference, answer.status, answer.kept)
