"""`end_dialog`: the agent closes the call, with a reason."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from runs import outcomes
from runs.releases import Content
from voice.tool_arguments import closed_schema
from voice.tool_types import HANGUP, Asking, Tool, ToolAnswer, offer

Reason = Literal[
    "completed",
    "handoff_requested",
    "caller_declined",
    "wrong_number",
    "no_response",
    "abusive",
    "other",
]


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason
    notes: str | None = Field(default=None, max_length=600, description="What a colleague needs.")


@offer
def tools(content: Content) -> list[Tool]:
    return [
        Tool(
            name="end_dialog",
            description="End the call. Say goodbye afterwards; the line closes when it was heard.",
            parameters=closed_schema(Arguments),
            Arguments=Arguments,
            handle=handle,
        )
    ]


def handle(asking: Asking, arguments: Arguments) -> ToolAnswer:
    known = outcomes.current([asking.run.id])[asking.run.id]
    output = {
        "status": "done",
        "reason": arguments.reason,
        "missing": outcomes.missing_fields(asking.content.objective, known),
        "say": "Say goodbye in one short sentence.",
    }
    return ToolAnswer(output, [HANGUP])
