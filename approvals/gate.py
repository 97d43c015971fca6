"""The gate: the one door for an effect. Whoever asks gets an answer as a value, never an exception.

Checked here, in this order: the workflow's lists, the session (our values only), the arguments, hidden
fields, the budget of the run, the step's key; then policy decides whether a person has to. What a record
holds is read before any row is locked.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from approvals import (
    action_types,
    capabilities,
    checkpoints,
    contents,
    disclosure,
    doorbell,
    joining,
    outbox,
    proposals,
    reading,
    recipients,
    targets,
)
from approvals.answers import Answer, Denied, Done, Queued, Waiting
from approvals.capabilities import Capability, Invocation, Session
from approvals.contents import Content, Effect
from approvals.models import OutboxEntry, Proposal
from approvals.reading import Current
from runs import ledger, releases, steps
from runs.crashpoints import crashpoint
from runs.errors import Conflict, Refused
from runs.models import Run, Step
from runs.models.step import StepState
from runs.people import Actor

__all__ = ["Answer", "Denied", "Done", "Queued", "Session", "Waiting", "request"]

logger = logging.getLogger(__name__)

BUDGET = 20
MAX_ARGUMENTS = 16 * 1024
PROPOSE_ONLY = "propose_only"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it came, and what the record holds that it is about."""

    name: str
    session: Session
    mode: str
    evidence: disclosure.Words
    now: Current


def request(
    run: Run,
    *,
    name: str,
    step_key: str,
    arguments: Mapping[str, Any],
    session: Session,
    by: Actor,
    at: datetime,
    mode: str = "",
    evidence: disclosure.Words | None = None,
) -> Answer:
    """Ask for a capability or an external action of the run's workflow.

    The step key makes it safe to ask again: the same key and arguments get the recorded answer. Every
    request leaves a step behind, a denied one too. `evidence` are public ids of what speaks for a field
    that an external action would write.
    """
    clean = _clean(arguments)
    asked = _Asked(name, session, mode, evidence or {}, _read_ahead(run, name, step_key, clean))
    recorded = clean if isinstance(clean, dict) else {"refused": clean.code}
    try:
        step, fresh = steps.begin(
            run, key=step_key[:120], name=name[:80], kind=_kind_of(name), arguments=recorded,
            by=by, at=at,
        )  # fmt: skip
    except Conflict as conflict:
        # The key has its answer already: a step beside it keeps that it was asked for something else.
        step, _fresh = steps.begin(
            run, key=f"{step_key[:100]}~{token_hex(4)}", name=name[:80], kind=_kind_of(name),
            arguments=recorded, by=by, at=at,
        )  # fmt: skip
        return _finish(run, step, Denied(conflict.code, conflict.details, run), by=by, at=at)
    if not fresh and step.state != StepState.RUNNING:
        return _recorded(run, step)
    frozen = releases.content_of(run.release)
    try:
        if isinstance(clean, Refused):
            raise clean
        _check(run, frozen, name, session, step)
        with transaction.atomic():
            answer = _perform(run, step, frozen, asked, clean, by, at)
    except Refused as refusal:
        answer = Denied(refusal.code, _words(refusal.details), run)
    return _finish(run, step, answer, by=by, at=at)


def _perform(
    run: Run, step: Step, frozen: releases.Content, asked: _Asked, arguments: dict[str, Any],
    by: Actor, at: datetime,
) -> Answer:  # fmt: skip
    name = asked.name
    found = capabilities.get(name)
    if name in frozen.workflow.external_actions:
        only = asked.mode == PROPOSE_ONLY or run.propose_only or frozen.workflow.propose_only
        content = _content(run, frozen, asked, arguments)
        return _external(run, step, content, asked.now, only, by, at)
    if found is None:
        raise Refused("not_available", name=name)
    parsed = _parse(found, arguments)
    given = found.function(Invocation(run, step, frozen, asked.session, parsed, by, at))
    return Done(given, run) if isinstance(given, dict) else given


def _content(
    run: Run, frozen: releases.Content, asked: _Asked, arguments: dict[str, Any]
) -> Content:
    """What was asked for as it is shown: our session values in their places, a row for each field."""
    filled = disclosure.filled(run, frozen, asked.name, arguments, asked.session)
    content = Content(effects=(Effect(action=asked.name, arguments=filled),), title=asked.name)
    contents.dump(content)
    return disclosure.completed(run, content, asked.now.values, asked.evidence)


def _external(
    run: Run, step: Step, content: Content, now: Current, only: bool, by: Actor, at: datetime
) -> Answer:
    """A configured action asked for directly: what policy does not allow by itself becomes a proposal."""
    verdict = proposals.judge(run, content)
    targets.check(run, content)
    # Whom nobody knows is not written to by itself, and what nobody has read is not written over.
    blind = disclosure.unread(run, content, now.values) or recipients.strangers(run, content)
    if verdict.needs_person or only or blind:
        proposal = proposals.propose(
            run, step=step, content=content, before=now.values, before_read_at=now.read_at,
            verdict=verdict, by=by, at=at,
        )  # fmt: skip
        return Waiting(proposal, run)
    policy = releases.content_of(run.release).policy
    execute_by = outbox.execute_by(policy, at)
    entry, fresh = outbox.enqueue(
        run, effect=content.effects[0], step=step, before=now.values, policy_rule=verdict.rule,
        execute_by=execute_by, at=at,
    )  # fmt: skip
    if not fresh:
        return Queued(entry, run)
    checkpoints.effect(entry, step, by=by, at=at)
    ledger.append_many([outbox.line(entry, "queued", key=str(entry.id))], by=by, at=at)
    crashpoint("gate.queued")
    doorbell.kick()
    return Queued(entry, run)


def _read_ahead(run: Run, name: str, step_key: str, clean: dict[str, Any] | Refused) -> Current:
    """Before any row is locked: the far side may take seconds. Asked again, the answer is on record."""
    frozen = releases.content_of(run.release)
    if isinstance(clean, Refused) or name not in frozen.workflow.external_actions:
        return Current()
    if Step.objects.filter(run=run, step_key=step_key[:120]).exists():
        return Current()
    content = Content(effects=(Effect(action=name, arguments=clean),), title=name)
    try:
        # Nothing of another customer's record is asked for, not even to be refused.
        targets.check(run, content)
    except (Refused, ValueError):
        return Current(failed="not_asked")
    return reading.of(run, content)


def _kind_of(name: str) -> str:
    found = capabilities.get(name)
    return found.kind if found else "tool"


def _clean(arguments: Mapping[str, Any]) -> dict[str, Any] | Refused:
    """The arguments as JSON that a database column can hold, or why they are not."""
    try:
        text = json.dumps(dict(arguments), allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return Refused("arguments_not_json")
    if len(text) > MAX_ARGUMENTS:
        return Refused("arguments_too_large", limit=MAX_ARGUMENTS)
    if "\\u0000" in text or _has_surrogate(text):
        return Refused("arguments_not_text")
    value: dict[str, Any] = json.loads(text)
    return value


def _has_surrogate(text: str) -> bool:
    """A lone surrogate: json.dumps escapes it, UTF-8 cannot hold it."""
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _check(run: Run, frozen: releases.Content, name: str, session: Session, step: Step) -> None:
    workflow = frozen.workflow
    if name not in workflow.capabilities and name not in workflow.external_actions:
        raise Refused("not_in_workflow", name=name[:80])
    missing = [key for key in workflow.session_require if not getattr(session, key, "")]
    if missing:
        raise Refused("session_incomplete", missing=missing)
    if session.workspace_id != run.workspace_id:
        raise Refused("session_of_another_workspace")
    if run.customer_id and session.customer_id not in ("", str(run.customer_id)):
        raise Refused("session_of_another_customer")
    _spend(run, workflow, step)


def _spend(run: Run, workflow: releases.WorkflowSpec, step: Step) -> None:
    # The run's lock is held since its step began: two tools cannot both be the last one.
    used = (
        Step.objects.filter(run=run, name__in=[*workflow.capabilities, *workflow.external_actions])
        .exclude(kind="effect")
        .exclude(id=step.id)
        .exclude(state=StepState.DENIED)
        .count()
    )
    if used >= BUDGET:
        raise Refused("budget_spent", limit=BUDGET)


def _parse(found: Capability, arguments: dict[str, Any]) -> Any:
    hidden = sorted(capabilities.hidden_fields(found.Arguments) & arguments.keys())
    if hidden:
        raise Refused("hidden_argument", fields=hidden)
    try:
        return action_types.parse(found.Arguments, arguments)
    except ValidationError as error:
        raise Refused("invalid_arguments", errors=_errors(error)) from error


def _errors(error: ValidationError) -> list[dict[str, str]]:
    return [
        {"field": ".".join(map(str, one["loc"]))[:80], "code": one["type"]}
        for one in error.errors(include_input=False, include_url=False)[:10]
    ]


def _finish(run: Run, step: Step, answer: Answer, *, by: Actor, at: datetime) -> Answer:
    state = {
        "done": StepState.DONE,
        "queued": StepState.DONE,
        "waiting": StepState.WAITING,
        "denied": StepState.DENIED,
    }[answer.status]
    steps.finish(step, state=state, result=answer.envelope(), by=by, at=at)
    return answer


def _recorded(run: Run, step: Step) -> Answer:
    """What was answered the first time. A proposal and an entry are looked up as they are now."""
    result = step.result or {}
    status = result.get("status")
    if status == "waiting":
        proposal = Proposal.objects.filter(step=step).order_by("-proposed_at").first()
        proposal = proposal or joining.earlier(step)
        if proposal is not None:
            return Waiting(proposal, run)
    if status == "queued":
        entry = OutboxEntry.objects.filter(run=run, step_key=step.step_key).first()
        if entry is not None:
            return Queued(entry, run)
    if status == "done":
        return Done(result.get("result") or {}, run)
    return Denied(result.get("code", "step_is_over"), result.get("details") or {}, run)


def _words(details: dict[str, Any]) -> dict[str, Any]:
    """Details as JSON: times and ids as text."""
    value: dict[str, Any] = json.loads(json.dumps(details, default=str))
    return value
