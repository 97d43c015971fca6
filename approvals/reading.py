"""Reading: what the far side holds now, beside what a proposal was shown with."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from approvals import action_types, connectors, contents, versions, wire
from approvals.action_types import ActionFailed, ActionType, Reading
from approvals.contents import Effect
from approvals.models import Proposal
from runs import canonical, releases, scope
from runs.errors import Refused

# Somebody looks at the page.
PATIENCE_S = 1.5


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that holds something else now than the version shows as its value before."""

    field: str
    shown: Any
    now: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class Current:
    """`failed` says why nothing could be read; then nothing is known about the values."""

    values: dict[str, Any] = field(default_factory=dict)
    read_at: datetime | None = None
    failed: str = ""
    differences: tuple[Difference, ...] = ()


def current(proposal: Proposal) -> Current:
    """Ask the far side now. Never raises: what could not be read says why."""
    version = versions.of(proposal)
    content = contents.load(version)
    try:
        found = _read(proposal, content.effects)
    except TimeoutError:
        return Current(failed="timeout")
    except (Refused, ActionFailed) as error:
        return Current(failed=error.code)
    except ValueError:
        return Current(failed="not_configured")
    if found is None:
        return Current(failed="nothing_to_read")
    differences = tuple(
        Difference(one.field, version.before[one.field], found[one.field], one.after)
        for one in content.changes
        if one.field in found
        and one.field in version.before
        and canonical.dumps(found[one.field]) != canonical.dumps(version.before[one.field])
    )
    return Current(found, scope.now(), differences=differences)


def _read(proposal: Proposal, effects: tuple[Effect, ...]) -> dict[str, Any] | None:
    """Values of all fields that the effects would change; None where no effect changes a field."""
    frozen = releases.content_of(proposal.run.release)
    found: dict[str, Any] | None = None
    for effect in effects:
        action = releases.action_of(frozen, effect.action)
        if action is None:
            raise Refused("action_not_in_workflow")
        kind = action_types.get(action.type)
        arguments = action_types.parse(kind.Arguments, effect.arguments)
        if not kind.fields(arguments):
            continue
        connection = connectors.resolve(connectors.locate(action.connection))
        found = {**(found or {}), **asyncio.run(_ask(kind, connection, arguments)).values}
    return found


async def _ask(kind: ActionType, connection: connectors.Resolved, arguments: Any) -> Reading:
    async with asyncio.timeout(PATIENCE_S), wire.client() as client:
        return await kind.read(client, connection, arguments)
