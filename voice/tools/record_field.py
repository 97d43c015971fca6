"""`record_field`: a value of the objective, with the caller's own words behind it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from runs import handles, outcomes
from runs.errors import Invalid
from runs.models.field_value import FieldState
from runs.releases import Content, field_of
from voice import intake
from voice.tool_arguments import closed_schema
from voice.tool_types import Asking, Tool, ToolAnswer, offer


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: str = Field(max_length=60)
    value: str | int | float | bool | list[str] | None = Field(
        description="The value in the form of the field's type; null when the caller declines."
    )
    quote: str = Field(
        min_length=1,
        max_length=600,
        description="The caller's exact words that the value rests on, copied from one turn.",
    )
    grade: Literal["stated", "read_back", "inferred"] = Field(
        description="read_back only after you repeated the value and the caller said yes."
    )


@offer
def tools(content: Content) -> list[Tool]:
    return [
        Tool(
            name="record_field",
            description="Record one fact as soon as the caller has given it. Fields: "
            + "; ".join(_words(field) for field in content.objective.fields),
            parameters=_parameters(content),
            Arguments=Arguments,
            handle=handle,
        )
    ]


def handle(asking: Asking, arguments: Arguments) -> ToolAnswer:
    objective, field = asking.content.objective, field_of(asking.content, arguments.field)
    if field is None:
        raise Invalid(
            "unknown_field",
            field=arguments.field,
            known=[one.key for one in objective.fields],
        )
    try:
        value = intake.record_field(
            asking.run,
            asking.call,
            asking.content,
            key=field.key,
            value=arguments.value,
            quote=arguments.quote,
            grade=arguments.grade,
            by=asking.by,
            at=asking.at,
        )
    except Invalid as error:
        if field.options:
            error.details["options"] = list(field.options)
        raise
    known = outcomes.current([asking.run.id])[asking.run.id]
    output: dict[str, Any] = {
        "status": "done",
        "field": value.key,
        "value": value.value,
        "state": value.state,
        "grade": value.grade,
        "missing": outcomes.missing_fields(objective, known),
    }
    if value.evidence is not None:
        slug = asking.run.workspace.slug
        output["evidence"] = handles.make(slug, value.evidence.public_id)
    if value.state == FieldState.UNSURE:
        output["say"] = f"Read {field.label} back to the caller and ask whether it is right."
    return ToolAnswer(output)


def _words(field: Any) -> str:
    kind = f"one of {', '.join(field.options)}" if field.options else field.type
    return f"{field.key} ({field.label}, {kind}{'' if field.required else ', optional'})"


def _parameters(content: Content) -> dict[str, Any]:
    schema = closed_schema(Arguments)
    schema["properties"]["field"] = {
        "type": "string",
        "enum": [field.key for field in content.objective.fields],
    }
    return schema
