"""The wish after a call: if a follow-up is recommended and nobody has asked for it yet, propose it."""

from datetime import datetime
from typing import Any

from approvals import gate
from approvals.answers import Answer
from approvals.models import Proposal
from runs import evidence, outcomes
from runs.models import FieldValue, Outcome, Run
from runs.models.field_value import FieldState
from runs.people import Actor
from runs.releases import Content
from voice import contacts, session_values
from voice.models import Call, Turn

CAPABILITY = "crm.propose_customer_update"
STEP_KEY = "after:proposal"
SEND_FOLLOWUP = "send_followup"
# Which field's words speak for the follow-up, the best first.
_REASONS = ("preferred_follow_up", "deadline", "problem")


def propose(call: Call, run: Run, content: Content, *, by: Actor, at: datetime) -> Answer | None:
    """None where there is nothing to propose: no follow-up, no known customer, or it was proposed already."""
    outcome = Outcome.objects.filter(run=run).order_by("-version").first()
    customer = session_values.customer_of(call, run)
    wanted = outcome is not None and outcome.next_action == SEND_FOLLOWUP
    allowed = CAPABILITY in content.workflow.capabilities
    if not wanted or not allowed or customer is None:
        return None
    if Proposal.objects.filter(run=run).exists():
        return None
    # The CRM is asked before the gate locks the run.
    contacts.read_ahead(customer, content)
    return gate.request(
        run,
        name=CAPABILITY,
        step_key=STEP_KEY,
        arguments=_arguments(run),
        session=session_values.of_call(call, run, by=by),
        mode=gate.PROPOSE_ONLY,
        by=by,
        at=at,
    )


def _arguments(run: Run) -> dict[str, Any]:
    known = outcomes.current([run.id])[run.id]
    wish: dict[str, Any] = {"field": "followup_needed", "value": True}
    words = next(filter(None, (_words(known.get(key)) for key in _REASONS)), "")
    changes = [{**wish, "quote": words} if words else wish]
    way = known.get("preferred_follow_up")
    if way is not None and way.state == FieldState.CAPTURED and way.value:
        quote = _words(way)
        channel = {"field": "preferred_channel", "value": way.value}
        changes.append({**channel, "quote": quote} if quote else channel)
    return {"changes": changes, "reason": "The call ended with a follow-up to be sent."}


def _words(value: FieldValue | None) -> str:
    """The caller's words behind a value."""
    if value is None or value.evidence is None or value.evidence.turn_id is None:
        return ""
    turn = Turn.objects.filter(id=value.evidence.turn_id).first()
    return (evidence.words(value.evidence, turn.text) or "") if turn is not None else ""
