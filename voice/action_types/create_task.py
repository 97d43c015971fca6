"""Put a task on a colleague's list, under our own reference.

Class `lookup`: the receiver takes a reference and can be asked for it, so a lost answer is looked up
before anything is sent again. A receiver that needs longer than `settle` to finish could still double.
"""

import uuid
from datetime import timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from approvals import wire
from approvals.action_types import ActionFailed, ActionType, Confirmation, Invocation, register
from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency
from runs import canonical
from runs.releases import Risk

_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"


class Queue(BaseModel):
    """Whose list it goes on where the call does not say."""

    model_config = ConfigDict(extra="forbid")

    queue: str = Field(default="", max_length=80)


class Task(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=10_000)
    due_on: str | None = Field(
        default=None, pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
    )
    priority: Literal["low", "normal", "high"] = "normal"
    contact_id: str | None = Field(default=None, max_length=120, pattern=_ID)
    assignee: str | None = Field(default=None, max_length=120)


@register
class CreateTask(ActionType):
    name: ClassVar[str] = "create_task"
    label: ClassVar[str] = "Create task"
    risk: ClassVar[Risk] = "low"
    idempotency: ClassVar[Idempotency] = Idempotency.LOOKUP
    settle: ClassVar[timedelta] = timedelta(seconds=30)
    Config: ClassVar[type[BaseModel]] = Queue
    Arguments: ClassVar[type[BaseModel]] = Task

    def target(self, arguments: Task) -> str:
        # Tasks do not touch each other.
        return f"task:{canonical.digest(arguments.model_dump(mode='json')).hex()[:32]}"

    def fields(self, arguments: Task) -> tuple[str, ...]:
        return ("task",)

    def customer(self, arguments: Task) -> str | None:
        return arguments.contact_id

    def fixed(self, config: Any) -> frozenset[str]:
        return frozenset({"contact_id"})

    async def send(self, invocation: Invocation) -> Confirmation:
        config, arguments = invocation.config, invocation.arguments
        answer = await wire.request(
            invocation.client,
            "POST",
            f"{invocation.connection.base_url}/tickets",
            headers=wire.bearer(invocation.connection),
            body=_body(config, arguments, invocation.key),
            on_wire=invocation.on_wire,
        )
        reference = answer.json().get("id")
        if not isinstance(reference, str):
            raise ActionFailed(
                "ambiguous", "answer_not_understood", status=answer.status, answer=answer.kept
            )
        return Confirmation(reference, answer.status, answer.kept)

    async def look_up(
        self,
        client: httpx2.AsyncClient,
        connection: Resolved,
        config: Any,
        arguments: Any,
        *,
        key: uuid.UUID,
    ) -> Confirmation | None:
        query = urlencode({"reference": str(key)})
        url = f"{connection.base_url}/tickets?{query}"
        answer = await wire.request(client, "GET", url, headers=wire.bearer(connection))
        results = answer.json().get("results")
        if not isinstance(results, list):
            # An answer that says nothing must not be taken for a no.
            raise ActionFailed("not_accepted", "answer_not_understood", status=answer.status)
        for one in results:
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                return Confirmation(one["id"], answer.status, answer.kept, {"found": True})
        return None


def _body(config: Any, arguments: Any, key: uuid.UUID) -> dict[str, Any]:
    known = {
        "reference": str(key),
        "title": arguments.title,
        "description": arguments.description,
        "priority": arguments.priority,
        "due_on": arguments.due_on,
        "contact_id": arguments.contact_id,
        "assignee": arguments.assignee,
        "queue": config.queue,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}
