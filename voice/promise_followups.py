"""A follow-up for a promise that nothing backs: a proposal like any other, by a person, at the gate."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from approvals import gate
from approvals.answers import Denied, Waiting
from approvals.backing import CARRIER, KEPT_BY, STEP
from approvals.models import Proposal
from runs import access, releases
from runs.access import Permission
from runs.errors import Conflict, Refused
from runs.models import Customer, Promise, Step
from runs.models.promise import PromiseState
from runs.people import Actor
from runs.releases import ActionConfig, Content
from voice import followups, promises, session_values
from voice.models import Call


def action_for(
    promise: Promise, content: Content, customer: Customer | None
) -> ActionConfig | None:
    """What would keep the promise, else a task for a colleague; None where the workflow has neither."""
    wanted = [KEPT_BY.get(promise.kind, CARRIER), CARRIER]
    if customer is None or not customer.email:
        wanted = [CARRIER]
    allowed = content.workflow.external_actions
    for kind in wanted:
        for action in content.actions:
            if action.type == kind and action.key in allowed:
                return action
    return None


def propose(promise_id: uuid.UUID | str, *, by: Actor, at: datetime) -> Proposal:
    """Ask for what would keep it. Nothing goes out before somebody has decided.

    Asked twice at once it is one proposal. Raise Conflict where something is under way already.
    """
    access.require(by, Permission.MIND_PROMISES)
    promise = promises.get(promise_id)
    if promise.state not in (PromiseState.UNBACKED, PromiseState.BROKEN):
        raise Conflict("promise_backed", state=promise.state, backing=promise.backing)
    call = Call.objects.select_related("customer").filter(run_id=promise.run_id).first()
    content = releases.content_of(promise.run.release)
    customer = session_values.customer_of(call, promise.run)
    action = action_for(promise, content, customer)
    if action is None:
        raise Conflict("no_action_for_promise", kind=promise.kind)
    earlier = Step.objects.filter(
        run_id=promise.run_id, step_key__startswith=f"{STEP}{promise.id}:"
    )
    answer = gate.request(
        promise.run,
        name=action.key,
        step_key=f"{STEP}{promise.id}:{earlier.count() + 1}",
        arguments=_arguments(promise, action, content, customer),
        session=session_values.of_call(call, promise.run, by=by),
        mode=gate.PROPOSE_ONLY,
        by=by,
        at=at,
    )
    if not isinstance(answer, Waiting):
        code = answer.code if isinstance(answer, Denied) else "not_available"
        raise Refused(code, **(answer.details if isinstance(answer, Denied) else {}))
    if promise.owner_id is None and by.user_id is not None:
        promises.take(promise.id, by=by, at=at)
    return answer.proposal


def _arguments(
    promise: Promise, action: ActionConfig, content: Content, customer: Customer | None
) -> dict[str, Any]:
    if action.type != CARRIER and customer is not None:
        mail = followups.render(promise.run, content, name=customer.name, promised=[promise.text])
        return {"to": customer.email, "subject": mail.subject, "text": mail.text}
    task: dict[str, Any] = {"title": promise.text[:200], "description": _described(promise)}
    if promise.due_at is not None:
        zone = ZoneInfo(promise.run.workspace.zone)
        task["due_on"] = promise.due_at.astimezone(zone).date().isoformat()
    if customer is not None:
        task["contact_id"] = customer.external_id
    return task


def _described(promise: Promise) -> str:
    """For the colleague who gets it: the words, the channel, the time as it was said."""
    lines = [f"Promised on a call: {promise.text}", f"Channel: {promise.kind}"]
    if promise.due:
        lines.append(f"Due, as it was said: {promise.due}")
    return "\n".join(lines)
