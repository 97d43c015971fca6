"""`receive_dtmf`: the caller types a number on the keypad; its digits are told when all are there."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from runs import keypad
from runs.keypad import Sensitivity
from runs.releases import Content, field_of
from voice import dtmf
from voice.tool_arguments import closed_schema
from voice.tool_types import COLLECT, Asking, Tool, ToolAnswer, offer

NAME = "receive_dtmf"


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,59}$",
        description="What is typed: a field to record, or a short name such as account_pin.",
    )
    length: int = Field(
        default=0, ge=0, le=dtmf.LONGEST, description="How many digits; 0 where # ends them."
    )
    sensitivity: Sensitivity = Field(
        default=keypad.DEFAULT,
        description="secret for PINs and the like: you are told only whether it matches.",
    )


@offer
def tools(content: Content) -> list[Tool]:
    return [
        Tool(
            name=NAME,
            description="Let the caller type digits on the telephone's keypad: # ends, * starts"
            " over. Keys that were pressed already count. You are told the result afterwards.",
            parameters=closed_schema(Arguments),
            Arguments=Arguments,
            handle=handle,
        )
    ]


def handle(asking: Asking, arguments: Arguments) -> ToolAnswer:
    """Answers at once: nobody waits for fingers inside a transaction. The switchboard collects."""
    known = field_of(asking.content, arguments.field)
    declared = known.keypad if known is not None else keypad.DEFAULT
    output: dict[str, Any] = {
        "status": "collecting",
        "field": arguments.field,
        "length": arguments.length,
        "sensitivity": keypad.stricter(declared, arguments.sensitivity),
        "say": "If you have not done so, ask the caller to type it now and to press # at the end.",
    }
    return ToolAnswer(output, [COLLECT])
