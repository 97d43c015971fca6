"""`request_handoff`: the caller needs a person. Nobody is dialled here; people see it at once."""

from pydantic import BaseModel, ConfigDict, Field

from runs import ledger
from runs.releases import Content
from voice import intake
from voice.tool_arguments import closed_schema
from voice.tool_types import HANDOFF, Asking, Tool, ToolAnswer, offer

ASKED_BY_AGENT = "agent"


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=1, max_length=400, description="Why a person is needed, in one sentence."
    )


@offer
def tools(content: Content) -> list[Tool]:
    return [
        Tool(
            name="request_handoff",
            description="Ask for a person: the caller wants one, or wants a decision that you may"
            " not take (" + "; ".join(topic.label for topic in content.objective.disallowed) + ").",
            parameters=closed_schema(Arguments),
            Arguments=Arguments,
            handle=handle,
        )
    ]


def handle(asking: Asking, arguments: Arguments) -> ToolAnswer:
    # The ledger holds codes: the trigger that the caller's words raised, if any did. The sentence
    # stands in the step's arguments.
    raised = intake.raised_triggers(asking.run)
    ledger.append(
        asking.run.id,
        "handoff.requested",
        by=asking.by,
        at=asking.at,
        reason=raised[-1] if raised else ASKED_BY_AGENT,
        position=asking.position,
    )
    intake.mark_attention(asking.call, HANDOFF, at=asking.at, replace=False)
    return ToolAnswer(
        {
            "status": "done",
            "state": "requested",
            "say": "Say that a colleague has been told and will look at it. Promise no time.",
        },
        [HANDOFF],
    )
