"""The outbox: effects to be done once. A row exists only with the decision that allows it.

Here is what people and rules do with entries; `claims` takes them to be sent, `records` writes what came back.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from approvals import action_types, connectors
from approvals.contents import Effect
from approvals.models import Approval, Attempt, OutboxEntry, Proposal
from approvals.models.outbox_entry import OutboxState
from runs import canonical, releases
from runs.access import Permission, require
from runs.errors import Conflict, Invalid, NotFound
from runs.ledger import Line
from runs.models import Event, Run, Step
from runs.people import Actor

# How an attempt on the wire may end so that its effect surely did not happen.
CLEAR = frozenset({"no", "not_accepted", "not_sent", "conflict", "absent"})
_GONE = (OutboxState.CANCELLED, OutboxState.SUPERSEDED)


def hold_time(run: Run, *actions: str, at_least: int = 0) -> timedelta:
    """How long effects that are allowed together wait: the longest that an action, the workspace or
    who decides (`at_least`, seconds) asks for.

    One time for all of them: while the hold runs, an undo leaves nothing sent.
    """
    content = releases.content_of(run.release)
    configured = [releases.action_of(content, action) for action in actions]
    floors = [action.hold_seconds for action in configured if action]
    return timedelta(seconds=max([*floors, run.workspace.hold_seconds, at_least]))


def enqueue(
    run: Run,
    *,
    effect: Effect,
    step: Step,
    execute_by: datetime,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    proposal: Proposal | None = None,
    approval: Approval | None = None,
    policy_rule: str = "",
    hold: timedelta | None = None,
    after: OutboxEntry | None = None,
) -> tuple[OutboxEntry, bool]:
    """Freeze the request of one effect under the decision that allows it; it waits out its hold
    (`hold` where it is allowed together with others) and the confirmation of `after`.

    The same effect of the same step stands once: the second answer is whether the row is new, for
    which the caller appends the ledger line.
    """
    action, columns = _freeze(run, effect, before or {})
    known = {"run": run, "step_key": step.step_key, "action": effect.action}
    earlier = _earlier({**known, "args_hash": columns["args_hash"]})
    if earlier is not None:
        return earlier, False
    hold_until = at + (hold_time(run, action.key) if hold is None else hold)
    entry = OutboxEntry.objects.create(
        **known,
        **columns,
        workspace_id=run.workspace_id,
        proposal=proposal,
        approval=approval,
        policy_rule=policy_rule,
        after=after,
        hold_until=hold_until,
        available_at=hold_until,
        execute_by=execute_by,
        created_at=at,
    )
    return entry, True


def _earlier(known: dict[str, Any]) -> OutboxEntry | None:
    """The same effect of the same wish, if it was sent or still may be. One that surely failed makes room."""
    same = OutboxEntry.objects.filter(**known)
    same.filter(state=OutboxState.FAILED).update(state=OutboxState.SUPERSEDED)
    return same.exclude(state__in=_GONE).first()


def _freeze(
    run: Run, effect: Effect, before: Mapping[str, Any]
) -> tuple[releases.ActionConfig, dict[str, Any]]:
    """Everything that will be sent, as columns: from here on no configuration changes it."""
    frozen = releases.content_of(run.release)
    action = releases.action_of(frozen, effect.action)
    if action is None or effect.action not in frozen.workflow.external_actions:
        raise Invalid("action_not_in_workflow", action=effect.action)
    kind = action_types.get(action.type)
    arguments = action_types.parse(kind.Arguments, effect.arguments)
    config = action_types.parse(kind.Config, action.config)
    kind.check(config, arguments)
    connection = connectors.locate(action.connection)
    request = {
        "action": action.key,
        "type": kind.name,
        "config": action_types.plain(config),
        "arguments": action_types.plain(arguments),
        "connection": connection,
        "before": {name: before[name] for name in kind.fields(arguments) if name in before},
    }
    return action, {
        "action_type": kind.name,
        "idempotency": kind.offers(connectors.kind_of(connection), config),
        "target": f"{action.connection}/{kind.record(config, arguments)}"[:160],
        "connection_id": connection,
        "args_hash": canonical.digest(request["arguments"]),
        "request": canonical.dumps(request),
        "request_digest": canonical.digest(request),
    }


def line(entry: OutboxEntry, past: str, **body: Any) -> Line:
    """A ledger line about the entry, to be appended by the caller."""
    known = {"entry": entry.public_id, "action": entry.action}
    return Line(entry.run_id, f"outbox.{past}", {**known, **body})


def get(public_id: str) -> OutboxEntry:
    found = (
        OutboxEntry.objects.filter(public_id=public_id)
        .select_related("run", "run__workspace", "run__release", "proposal", "approval")
        .first()
    )
    if found is None:
        raise NotFound("entry_not_found", entry=public_id[:40])
    return found


def require_seeing(entry: OutboxEntry, by: Actor) -> None:
    """Whoever asked for an effect was given its handle and may open it; else it needs the permission."""
    step = Step.objects.filter(run_id=entry.run_id, step_key=entry.step_key).first()
    line = Event.objects.filter(run_id=entry.run_id, number=step.number) if step else None
    if line is None or not line.filter(by=by.id).exists():
        require(by, Permission.SEE_OUTBOX)


def doubtful(entry_id: uuid.UUID, *, but: uuid.UUID | None = None) -> bool:
    """Whether an attempt (of another lease than `but`) may have had its effect: it was on the wire and no
    refusal came back."""
    found = Attempt.objects.filter(entry_id=entry_id, wired_at__isnull=False)
    found = found.exclude(lease=but) if but else found
    return found.exclude(verdict__in=CLEAR).exists()


def give_up_dependents(entry: OutboxEntry, code: str, *, at: datetime) -> list[OutboxEntry]:
    """Cancel what was to follow this effect: it will not be confirmed any more. Returns what was cancelled,
    itself included what followed that, for which the caller closes steps and appends lines."""
    gone: list[OutboxEntry] = []
    first = [entry]
    while first:
        waiting = list(
            OutboxEntry.objects.select_for_update(no_key=True)
            .filter(after__in=first, state=OutboxState.PENDING, attempts=0)
            .order_by("id")
        )
        OutboxEntry.objects.filter(id__in=[one.id for one in waiting]).update(
            state=OutboxState.CANCELLED, reason=code, finished_at=at, held=False
        )
        gone += waiting
        first = waiting
    return gone


def _of(approval: Approval) -> list[OutboxEntry]:
    return list(
        OutboxEntry.objects.filter(approval=approval)
        .select_related("run")
        .order_by("created_at", "id")
    )


def check_unsent(approval: Approval) -> None:
    """Raise Conflict where an effect of the approval was claimed, and say when."""
    claimed = Attempt.objects.filter(entry__approval=approval).order_by("started_at").first()
    if claimed is not None:
        raise Conflict("already_sent", at=claimed.started_at)


def take_back(approval: Approval, *, at: datetime) -> list[OutboxEntry]:
    """Cancel all effects of an approval, or none: Conflict where one was claimed already."""
    entries = [entry for entry in _of(approval) if entry.state not in _GONE]
    # A claim that is being made holds the row: this waits for it and then does not match.
    changed = OutboxEntry.objects.filter(
        approval=approval, state=OutboxState.PENDING, attempts=0
    ).update(state=OutboxState.CANCELLED, reason="undone", finished_at=at, held=False)
    if changed != len(entries):
        check_unsent(approval)
        raise Conflict("already_sent", at=at)
    return entries


def check_holdable(approval: Approval, *, held: bool) -> None:
    """Raise Conflict unless an effect of the approval is (or is not) held and none of them was claimed."""
    waiting = OutboxEntry.objects.filter(
        approval=approval, state=OutboxState.PENDING, attempts=0, held=held
    )
    if not waiting.exists():
        check_unsent(approval)
        late = OutboxEntry.objects.filter(approval=approval, reason="expired_unexecuted").first()
        if late is not None:
            raise Conflict("too_late_to_send", at=late.execute_by)
        raise Conflict("not_held" if held else "already_held")


def set_held(approval: Approval, held: bool, *, at: datetime) -> list[OutboxEntry]:
    """Hold or release what was not yet claimed; a release starts the hold's time again."""
    changed = []
    entries = list(_of(approval))
    hold = hold_time(entries[0].run, *(one.action for one in entries)) if entries else None
    for entry in entries:
        until = entry.hold_until if held or hold is None else at + hold
        won = OutboxEntry.objects.filter(
            id=entry.id, state=OutboxState.PENDING, attempts=0, held=not held
        ).update(held=held, hold_until=until, available_at=until)
        if won:
            entry.refresh_from_db()
            changed.append(entry)
    if not changed:
        check_holdable(approval, held=not held)
        raise Conflict("already_sent", at=at)
    return changed


def execute_by(policy: releases.Policy, at: datetime) -> datetime:
    """Until when an effect that is allowed now may begin."""
    return at + timedelta(minutes=policy.execute_by_minutes)
