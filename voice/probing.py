"""Probing: does a connection answer, and does it take our secret? One harmless read over checked addresses."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime

from approvals import wire
from approvals.action_types import ActionFailed
from approvals.connectors import Resolved
from runs import access, audit
from runs.access import Permission
from runs.errors import Conflict
from runs.people import Actor
from voice import connections, rotation
from voice.dialects import smtp
from voice.models.connection import ConnectionKind

PATIENCE_S = 5.0
# What each kind of receiver lets one read that says nothing and changes nothing.
_HARMLESS = {
    ConnectionKind.REALTIME: "/models",
    ConnectionKind.CRM: "/contacts",
    ConnectionKind.HUBSPOT: "/account-info/v3/details",
    ConnectionKind.MAIL: "/domains",
    ConnectionKind.TASKS: "/tickets",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """`code` is accepted, secret_refused, answered (it says nothing about the secret), or why it failed."""

    code: str
    status: int | None = None


def probe(connection_id: uuid.UUID, *, by: Actor, at: datetime) -> Probe:
    """Ask the far side once. It is noted who asked, and what came of it."""
    access.require(by, Permission.MANAGE_SETTINGS)
    access.require_person(by)
    rotation.get(connection_id)
    try:
        resolved = connections.resolve(connection_id)
        found = asyncio.run(_ask(resolved))
    except Conflict as refusal:
        found = Probe(refusal.code)
    except TimeoutError:
        found = Probe("timeout")
    except ActionFailed as failed:
        found = _failed(failed)
    # After the answer: whoever sends meanwhile does not wait for this row.
    connections.stamp(connection_id, f"test by {by.name}", at)
    audit.record("connection.tested", str(connection_id), by=by, at=at, code=found.code)
    return found


async def _ask(connection: Resolved) -> Probe:
    async with asyncio.timeout(PATIENCE_S):
        if connection.kind == ConnectionKind.SMTP:
            await smtp.greet(connection)
            return Probe("accepted" if connection.config.get("user") else "answered")
        path = _HARMLESS.get(ConnectionKind(connection.kind), "")
        async with wire.client() as client:
            answer = await wire.request(
                client, "GET", connection.base_url + path, headers=wire.bearer(connection)
            )
    return Probe("accepted" if path else "answered", answer.status)


def _failed(failed: ActionFailed) -> Probe:
    if "restricted_api_key" in failed.answer:
        # A key that may only send mails is known, and refused to read.
        return Probe("accepted", failed.status)
    if failed.status in (401, 403) or failed.code == "sign_in_refused":
        return Probe("secret_refused", failed.status)
    if failed.status is not None:
        return Probe("answered", failed.status)
    return Probe(failed.code)
