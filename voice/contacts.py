"""Contacts: what the CRM holds about a customer at this moment, read through the configured action's own type."""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from approvals import action_types, connectors, wire
from approvals.action_types import ActionFailed, Reading
from runs import scope
from runs.errors import Refused
from runs.models import Customer
from runs.releases import Content, action_of

UPDATE = "crm.update_contact"
# Capabilities that read the contact: asked for before the gate locks the run.
NEEDED_BY = frozenset({"crm.propose_customer_update", "voice.answer_account_question"})
# A caller waits for the answer.
PATIENCE_S = 3.0

ContactField = Literal[
    "first_name",
    "last_name",
    "email",
    "phone",
    "mobile",
    "company",
    "address",
    "followup_needed",
    "preferred_channel",
    "notes",
]
FIELDS: tuple[str, ...] = ContactField.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Contact:
    """`failed` says why nothing could be read; then there are no values."""

    values: dict[str, Any] = field(default_factory=dict)
    reference: str = ""
    read_at: datetime | None = None
    failed: str = ""


_ahead: ContextVar[tuple[str, Contact] | None] = ContextVar("contact_read_ahead", default=None)


def read_ahead(customer: Customer | None, content: Content) -> None:
    """Read before rows are locked; `current` takes it once."""
    _ahead.set((str(customer.id), read(customer, content)) if customer is not None else None)


def current(customer_id: str, content: Content) -> Contact:
    """The contact as it is now. Never raises: what could not be read says why."""
    ahead = _ahead.get()
    _ahead.set(None)
    if ahead is not None and ahead[0] == customer_id:
        return ahead[1]
    customer = Customer.objects.filter(id=customer_id).first()
    return read(customer, content) if customer is not None else Contact(failed="customer_unknown")


def read(customer: Customer, content: Content) -> Contact:
    action = action_of(content, UPDATE)
    if action is None:
        return Contact(failed="not_configured")
    try:
        kind = action_types.get(action.type)
        arguments = action_types.parse(
            kind.Arguments,
            {"contact_id": customer.external_id, "changes": dict.fromkeys(FIELDS)},
        )
        connection = connectors.resolve(connectors.locate(action.connection))
        reading = asyncio.run(_ask(kind, connection, arguments))
    except (Refused, ActionFailed) as error:
        return Contact(failed=error.code)
    except ValidationError:
        return Contact(failed="not_configured")
    except TimeoutError:
        return Contact(failed="timeout")
    return Contact(values=reading.values, reference=reading.reference, read_at=scope.now())


async def _ask(kind: Any, connection: Any, arguments: Any) -> Reading:
    async with asyncio.timeout(PATIENCE_S), wire.client() as client:
        found: Reading = await kind.read(client, connection, arguments)
        return found
