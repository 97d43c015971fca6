"""Delivery: one claimed entry, from its frozen request to a confirmation or a failure."""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx2
from django.db import DatabaseError, InterfaceError
from pydantic import ValidationError

from approvals import action_types, connectors, masking, wire
from approvals.action_types import ActionFailed, Confirmation, Failure, Invocation
from approvals.claims import LEASE_S, SEND_S, Claimed
from approvals.models.outbox_entry import Idempotency
from runs import canonical, scope
from runs.crashpoints import crashpoint
from runs.errors import Refused

logger = logging.getLogger(__name__)

MARGIN_S = 5.0

Outcome = Confirmation | ActionFailed
MarkWire = Callable[[Claimed], Awaitable[bool]]


def reach(taken: Sequence[Claimed]) -> list[connectors.Resolved | Exception]:
    """How to reach the far side of each, or why not; each connection is read once. Blocking: for the
    database's thread."""
    found: dict[uuid.UUID, connectors.Resolved | Exception] = {}
    for claimed in taken:
        if claimed.entry.connection_id not in found:
            found[claimed.entry.connection_id] = _reach(claimed)
    return [found[claimed.entry.connection_id] for claimed in taken]


def _reach(claimed: Claimed) -> connectors.Resolved | Exception:
    try:
        with scope.workspace(claimed.entry.workspace_id):
            return connectors.resolve(claimed.entry.connection_id, claimed.entry.public_id)
    except (Refused, DatabaseError, InterfaceError) as error:
        return error


class _Wire:
    """The moment before the first byte: is the entry still ours, and is that written down?"""

    def __init__(self, claimed: Claimed, mark: MarkWire, claimed_at: float) -> None:
        self.claimed, self.mark, self.claimed_at = claimed, mark, claimed_at
        self.marked = False

    async def __call__(self) -> None:
        # A worker that was paused for too long does not send: somebody else may have begun.
        if time.monotonic() > self.claimed_at + LEASE_S - SEND_S - MARGIN_S:
            raise wire.LeaseLost
        crashpoint("wire.before")
        if not await self.mark(self.claimed):
            raise wire.LeaseLost
        self.marked = True
        crashpoint("wire.marked")

    def failure(self, code: str, unsent: Failure) -> ActionFailed:
        """Past the mark, doubt is the honest answer."""
        return ActionFailed("ambiguous" if self.marked else unsent, code)


async def deliver(
    claimed: Claimed,
    *,
    client: httpx2.AsyncClient,
    resolve: Callable[[Claimed], Awaitable[connectors.Resolved]],
    mark_wire: MarkWire,
    mark_absent: MarkWire,
    claimed_at: float,
) -> Outcome | None:
    """Send it. None: the lease was lost before the first byte, and is nothing to record.

    `claimed_at` is this machine's monotonic clock before the claim.
    """
    on_wire = _Wire(claimed, mark_wire, claimed_at)
    connection: connectors.Resolved | None = None
    if claimed.barred:
        return ActionFailed("no", "policy_changed")
    if claimed.key_forgotten:
        # In doubt already, and now without protection against a double: a person decides.
        return ActionFailed("no", "key_forgotten")
    try:
        async with asyncio.timeout(wire.DEADLINE_S):
            frozen = _frozen(claimed)
            connection = await resolve(claimed)
            kind, invocation = _invocation(claimed, frozen, connection, client, on_wire)
            found = await _look_up(claimed, kind, invocation, mark_absent)
            confirmation = found or await kind.send(invocation)
    except wire.LeaseLost:
        return None
    except ActionFailed as failed:
        return masking.failure(failed, connection)
    except TimeoutError:
        return on_wire.failure("deadline", "not_sent")
    except Refused as refusal:
        return ActionFailed("no", refusal.code)
    except (DatabaseError, InterfaceError):
        # Ours is away, not the far side: what has not left yet is tried again.
        logger.warning("outbox: no database for %s", claimed.entry.public_id, exc_info=True)
        return on_wire.failure("database_away", "not_sent")
    except Exception:
        # A fault of ours in one action must not stop the others.
        logger.exception("outbox: %s failed inside", claimed.entry.public_id)
        return on_wire.failure("internal_error", "no")
    crashpoint("answered")
    return masking.confirmation(confirmation, connection)


async def _look_up(
    claimed: Claimed, kind: action_types.ActionType, invocation: Invocation, mark_absent: MarkWire
) -> Confirmation | None:
    """What an earlier attempt has done after all. None: nothing, and so it may be sent."""
    if not claimed.doubtful or claimed.entry.idempotency != Idempotency.LOOKUP:
        return None
    crashpoint("lookup.before")
    found = await kind.look_up(
        invocation.client, invocation.connection, invocation.config, invocation.arguments,
        key=invocation.key,
    )  # fmt: skip
    crashpoint("lookup.answered")
    if found is not None:
        return found
    if not await mark_absent(claimed):
        raise wire.LeaseLost
    if claimed.too_late:
        raise ActionFailed("no", "expired_unexecuted")
    return None


def _frozen(claimed: Claimed) -> dict[str, Any]:
    frozen: dict[str, Any] = json.loads(claimed.entry.request)
    if canonical.digest(frozen) != bytes(claimed.entry.request_digest):
        raise ActionFailed("no", "request_altered")
    return frozen


def _invocation(
    claimed: Claimed,
    frozen: dict[str, Any],
    connection: connectors.Resolved,
    client: httpx2.AsyncClient,
    on_wire: Callable[[], Awaitable[None]],
) -> tuple[action_types.ActionType, Invocation]:
    kind = action_types.get(frozen["type"])
    try:
        config = action_types.parse(kind.Config, frozen["config"])
        arguments = action_types.parse(kind.Arguments, frozen["arguments"])
    except ValidationError as error:
        raise ActionFailed("no", "request_not_understood") from error
    return kind, Invocation(
        key=claimed.entry.id,
        config=config,
        arguments=arguments,
        before=frozen["before"],
        connection=connection,
        client=client,
        on_wire=on_wire,
        doubtful=claimed.doubtful,
        receipt=claimed.entry.public_id,
    )
