"""Change properties of a contact in the CRM: only if they still are what the approver saw.

Class: `key` at the built-in CRM, `natural` at HubSpot and Salesforce, where the values are read again first.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import httpx2
from pydantic import BaseModel, ConfigDict, Field

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
from voice.dialects.contact_dialect import ContactDialect, Scalar
from voice.dialects.house_crm import HouseCrm
from voice.dialects.hubspot import HubSpot
from voice.dialects.salesforce import Salesforce

_DIALECTS: dict[str, ContactDialect] = {"hubspot": HubSpot(), "salesforce": Salesforce()}
_HOUSE: ContactDialect = HouseCrm()


class Receipt(BaseModel):
    """`receipt_property`: where the CRM keeps the name of our entry beside the change."""

    model_config = ConfigDict(extra="forbid")

    receipt_property: str | None = Field(
        default=None, max_length=80, pattern=r"^[A-Za-z][A-Za-z0-9_]*$"
    )


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
    reads: ClassVar[bool] = True
    Config: ClassVar[type[BaseModel]] = Receipt
    Arguments: ClassVar[type[BaseModel]] = ContactChange

    def offers(self, kind: str, config: Any) -> Idempotency:
        return _speaking(kind).offers

    def target(self, arguments: ContactChange) -> str:
        return f"contact:{arguments.contact_id}"

    def fields(self, arguments: ContactChange) -> tuple[str, ...]:
        return tuple(arguments.changes)

    def values(self, arguments: ContactChange) -> Mapping[str, Any]:
        return arguments.changes

    def customer(self, arguments: ContactChange) -> str | None:
        return arguments.contact_id

    def told(self, config: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"contact_id": arguments["contact_id"]}

    def fixed(self, config: Any) -> frozenset[str]:
        return frozenset({"contact_id"})

    def joined(
        self, arguments: Mapping[str, Any], later: Mapping[str, Any], fields: Collection[str]
    ) -> dict[str, Any]:
        taken = {name: value for name, value in later["changes"].items() if name in fields}
        return {**arguments, "changes": {**arguments["changes"], **taken}}

    def reversal(
        self, arguments: Mapping[str, Any], before: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        if any(name not in before for name in arguments["changes"]):
            return None
        return {**arguments, "changes": {name: before[name] for name in arguments["changes"]}}

    async def read(
        self, client: httpx2.AsyncClient, connection: Resolved, arguments: ContactChange
    ) -> Reading:
        dialect = _speaking(connection.kind)
        return await dialect.read(
            client, connection, arguments.contact_id, tuple(arguments.changes)
        )

    async def send(self, invocation: Invocation) -> Confirmation:
        arguments: Any = invocation.arguments
        dialect = _speaking(invocation.connection.kind)
        now = await self.read(invocation.client, invocation.connection, arguments)
        _refuse_conflict(dialect, arguments.changes, invocation.before, now.values)
        if invocation.doubtful and _holds(dialect, arguments.changes, now.values):
            # The answer of an earlier attempt was lost, its effect was not.
            return Confirmation(now.reference, 200, data={"found": True})
        config: Any = invocation.config
        changes = dict(arguments.changes)
        if config.receipt_property and invocation.receipt:
            changes[config.receipt_property] = invocation.receipt
        try:
            return await dialect.write(invocation, arguments.contact_id, changes, now.tag)
        except ActionFailed as failed:
            if failed.status == 412:
                # Changed between our reading and our write: read again, then decide.
                raise ActionFailed(
                    "not_accepted", "changed_meanwhile", status=412, answer=failed.answer
                ) from failed
            raise


def _speaking(kind: str) -> ContactDialect:
    return _DIALECTS.get(kind, _HOUSE)


def _holds(dialect: ContactDialect, changes: dict[str, Scalar], current: dict[str, Any]) -> bool:
    return all(_same(dialect, current.get(name), wanted) for name, wanted in changes.items())


def _refuse_conflict(
    dialect: ContactDialect, changes: dict[str, Scalar], before: Any, current: dict[str, Any]
) -> None:
    """A field conflicts where the CRM holds neither what was shown nor what is wanted."""
    differs = [
        name
        for name, wanted in changes.items()
        if name in before
        and not _same(dialect, current.get(name), before[name])
        and not _same(dialect, current.get(name), wanted)
    ]
    if differs:
        raise ActionFailed("conflict", "conflict", answer=", ".join(sorted(differs)))


def _same(dialect: ContactDialect, one: Any, other: Any) -> bool:
    """As the CRM would spell them: where it keeps types, a whole number is not its text."""
    return canonical.dumps(dialect.spelled(one)) == canonical.dumps(dialect.spelled(other))
