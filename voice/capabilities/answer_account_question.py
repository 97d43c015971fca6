"""`voice.answer_account_question`: what the CRM says about the caller, and nothing it does not say."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from approvals.capabilities import Invocation, capability
from runs import evidence, handles
from runs.errors import Conflict
from voice import contacts

# What may be said to whoever is on the line; notes of colleagues stay inside.
SPEAKABLE = (
    "first_name",
    "last_name",
    "company",
    "address",
    "preferred_channel",
    "followup_needed",
)


class Arguments(BaseModel):
    """Look up the caller's own account before you answer a question about it. It knows name, company,
    address and preferred channel; for anything else create a follow-up task."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=400, description="The caller's question.")


@capability("voice.answer_account_question", Arguments=Arguments)
def answer_account_question(invocation: Invocation) -> dict[str, Any]:
    run = invocation.run
    contact = contacts.current(invocation.session.customer_id, invocation.content)
    if contact.failed:
        raise Conflict("account_not_readable", why=contact.failed)
    account = {key: contact.values[key] for key in SPEAKABLE if contact.values.get(key) != ""}
    found = evidence.from_system(
        run,
        system="crm",
        reference=contact.reference,
        data=account,
        by=invocation.by,
        at=invocation.at,
    )
    return {
        "account": account,
        "evidence": handles.make(run.workspace.slug, found.public_id),
        "say": "Answer only from the account. If it does not hold the answer, say so and create a"
        " follow-up task.",
    }
