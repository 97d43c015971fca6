"""`support.create_followup_task`: something a colleague has to do, kept among the promises of the call."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from approvals.capabilities import Invocation, capability
from runs import evidence, handles
from runs.models import Evidence
from voice import intake, promises
from voice.models import Call

KIND = "task"


class Arguments(BaseModel):
    """Note a task for a colleague, for example a question that you cannot answer."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200, description="What is to be done.")
    due: str | None = Field(
        default=None, max_length=80, description="By when, in the caller's words."
    )
    quote: str | None = Field(
        default=None, max_length=600, description="The caller's exact words behind it."
    )


@capability("support.create_followup_task", Arguments=Arguments)
def create_followup_task(invocation: Invocation) -> dict[str, Any]:
    wish: Arguments = invocation.arguments
    proof = _proof(invocation, wish.quote) if wish.quote else None
    promise = promises.add(
        invocation.run,
        text=wish.title,
        kind=KIND,
        due=wish.due or "",
        evidence=proof,
        by=invocation.by,
        at=invocation.at,
    )
    answer: dict[str, Any] = {"task": str(promise.id), "title": promise.text, "due": promise.due}
    if proof is not None:
        answer["evidence"] = handles.make(invocation.run.workspace.slug, proof.public_id)
    return answer


def _proof(invocation: Invocation, quote: str) -> Evidence:
    call = Call.objects.filter(public_id=invocation.session.call_id).first()
    seen = intake.witnesses(intake.turns_of(call), "stated") if call is not None else []
    return evidence.quote(
        invocation.run, turns=seen, quote=quote, grade="stated", by=invocation.by, at=invocation.at
    )
