"""Session values of the gate: who and what a request is about, from our own rows only."""

from approvals.gate import Session
from runs.models import Customer, Run
from runs.people import Actor
from voice.models import Call


def customer_of(call: Call | None, run: Run) -> Customer | None:
    """The customer that the call is with."""
    return run.customer or (call.customer if call is not None else None)


def of_call(call: Call | None, run: Run, *, by: Actor) -> Session:
    """A run that was started over the API has no call of ours, but the id of one elsewhere."""
    customer = customer_of(call, run)
    return Session(
        workspace_id=run.workspace_id,
        principal=by.id,
        call_id=call.public_id if call is not None else str(run.input.get("call_id", "")),
        customer_id=str(customer.id) if customer is not None else "",
    )
