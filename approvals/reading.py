"""Reading: what the far side holds now, beside what a proposal was shown with."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from approvals import connectors, contents, disclosure, versions, wire
from approvals.action_types import ActionFailed, ActionType, Reading
from approvals.contents import Content
from approvals.models import Proposal
from runs import canonical, releases, scope
from runs.errors import Refused
from runs.models import Run

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
    """`failed` says why nothing could be read; then nothing is known about the values. `unread` are fields
    whose value there the version does not know."""

    values: dict[str, Any] = field(default_factory=dict)
    read_at: datetime | None = None
    failed: str = ""
    differences: tuple[Difference, ...] = ()
    unread: tuple[Difference, ...] = ()


def current(proposal: Proposal) -> Current:
    """Ask the far side now. Never raises: what could not be read says why."""
    version = versions.of(proposal)
    content = contents.load(version)
    now = of(proposal.run, content)
    if now.read_at is None:
        return now
    written = disclosure.fields(proposal.run, content)
    rows = [
        Difference(name, version.before.get(name), now.values[name], written[name])
        for name in sorted(written.keys() & now.values.keys())
    ]
    known = [one for one in rows if one.field in version.before]
    differences = tuple(
        one for one in known if canonical.dumps(one.now) != canonical.dumps(one.shown)
    )
    unread = tuple(one for one in rows if one.field not in version.before)
    return replace(now, differences=differences, unread=unread)


def of(run: Run, content: Content) -> Current:
    """What the far side holds now in the fields that the content would write."""
    try:
        found = _read(run, content)
    except TimeoutError:
        return Current(failed="timeout")
    except (Refused, ActionFailed) as error:
        return Current(failed=error.code)
    except ValueError:
        return Current(failed="not_configured")
    if found is None:
        return Current(failed="nothing_to_read")
    return Current(found, scope.now())


def _read(run: Run, content: Content) -> dict[str, Any] | None:
    """Values of all fields that the effects would write; None where no effect writes one."""
    frozen = releases.content_of(run.release)
    found: dict[str, Any] | None = None
    for one in disclosure.sendings(frozen, content):
        action = releases.action_of(frozen, one.effect.action)
        if action is None or not one.kind.reads:
            continue
        connection = connectors.resolve(connectors.locate(action.connection))
        found = {**(found or {}), **asyncio.run(_ask(one.kind, connection, one.arguments)).values}
    return found


async def _ask(kind: ActionType, connection: connectors.Resolved, arguments: Any) -> Reading:
    async with asyncio.timeout(PATIENCE_S), wire.client() as client:
        return await kind.read(client, connection, arguments)
