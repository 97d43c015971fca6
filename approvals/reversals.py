"""Reversals: what can be done after an effect was confirmed. A reversal is a proposal like any other."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from approvals import action_types, contents, proposals, versions
from approvals.contents import Change, Content, Effect
from approvals.models import OutboxEntry, Proposal
from approvals.models.outbox_entry import OutboxState
from runs import audit, steps
from runs.access import Permission, require
from runs.errors import Conflict
from runs.people import Actor

Why = Literal["", "cannot_be_recalled", "before_unknown", "request_gone", "not_confirmed"]


@dataclass(frozen=True, slots=True)
class Reversal:
    """Whether a confirmed effect can be taken back; `why` says why not."""

    entry: OutboxEntry
    arguments: dict[str, Any] | None
    why: Why

    @property
    def reversible(self) -> bool:
        return self.arguments is not None


def of(entry: OutboxEntry) -> Reversal:
    if entry.state != OutboxState.SUCCEEDED:
        return Reversal(entry, None, "not_confirmed")
    if not entry.request:
        return Reversal(entry, None, "request_gone")
    request = json.loads(entry.request)
    kind = action_types.get(entry.action_type)
    arguments = kind.reversal(request["arguments"], request["before"])
    if arguments is not None:
        return Reversal(entry, arguments, "")
    fields = kind.fields(action_types.parse(kind.Arguments, request["arguments"]))
    return Reversal(entry, None, "before_unknown" if fields else "cannot_be_recalled")


def propose(entry: OutboxEntry, *, by: Actor, at: datetime) -> Proposal:
    """Propose to put back what was there before. The same reversal asked twice is one proposal."""
    require(by, Permission.DECIDE_PROPOSAL)
    found = of(entry)
    if found.arguments is None:
        raise Conflict("not_reversible", why=found.why)
    step, _fresh = steps.begin(
        entry.run, key=f"reverse:{entry.public_id}", name="reversal", kind="proposal",
        arguments={"entry": entry.public_id}, by=by, at=at,
    )  # fmt: skip
    earlier = Proposal.objects.filter(step=step).order_by("-proposed_at").first()
    if earlier is not None:
        return versions.get(earlier.public_id)
    content = _content(entry, found.arguments)
    now = {change.field: change.before for change in content.changes}
    made = proposals.propose(
        entry.run, step=step, content=content, by=by, at=at, before=now,
        before_read_at=entry.finished_at,
    )  # fmt: skip
    audit.record("proposal.reversal_made", made.public_id, by=by, at=at, entry=entry.public_id)
    return made


def _content(entry: OutboxEntry, arguments: dict[str, Any]) -> Content:
    request = json.loads(entry.request)
    kind = action_types.get(entry.action_type)
    fields = kind.fields(action_types.parse(kind.Arguments, arguments))
    shown: dict[str, Change] = {}
    if entry.proposal is not None:
        original = contents.load(versions.of(entry.proposal))
        shown = {change.field: change for change in original.changes}
    changes = tuple(
        Change(
            field=name,
            label=shown[name].label if name in shown else name,
            before=shown[name].after if name in shown else None,
            after=request["before"].get(name),
        )
        for name in fields
    )
    return Content(
        effects=(Effect(action=entry.action, arguments=arguments),),
        changes=changes,
        title=f"Put back what {entry.public_id} changed",
        reason=f"Takes back {entry.public_id}.",
    )
