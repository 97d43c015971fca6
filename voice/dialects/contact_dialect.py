"""What changing a contact needs of a CRM, whichever it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx2

from approvals.action_types import Confirmation, Invocation, Reading
from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency

Scalar = str | bool | int | None


class ContactDialect(Protocol):
    """`spelled` is a value as this CRM would hold it: two values are the same if they are spelled the same."""

    offers: Idempotency

    def spelled(self, value: Any) -> Any: ...

    async def read(
        self,
        client: httpx2.AsyncClient,
        connection: Resolved,
        contact_id: str,
        names: Sequence[str],
    ) -> Reading: ...

    async def write(
        self, invocation: Invocation, contact_id: str, changes: Mapping[str, Scalar], tag: str
    ) -> Confirmation: ...


def own_names(connection: Resolved, usual: Mapping[str, str]) -> dict[str, str]:
    """Our name of a field -> the CRM's: what is usual there, and what the connection says."""
    given = connection.config.get("fields", {})
    return {**usual, **given} if isinstance(given, dict) else dict(usual)
