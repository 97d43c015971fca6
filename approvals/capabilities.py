"""Capabilities: names in a workflow and the functions behind them. The gate is the only caller."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from approvals.answers import Answer
from runs import capability_names
from runs.models import Run, Step
from runs.people import Actor
from runs.releases import Content

Result = Answer


@dataclass(frozen=True, slots=True)
class Session:
    """Who and what a request is about. Every value comes from our side, none from the model or the caller."""

    workspace_id: UUID
    principal: str
    call_id: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request that passed the gate's checks. `arguments` is an instance of the capability's Arguments."""

    run: Run
    step: Step
    content: Content
    session: Session
    arguments: Any
    by: Actor
    at: datetime


Function = Callable[[Invocation], Result | dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Capability:
    name: str
    function: Function
    Arguments: type[BaseModel]
    effect: bool
    kind: str


_known: dict[str, Capability] = {}


def capability(
    name: str, *, Arguments: type[BaseModel], effect: bool = False, kind: str = "tool"
) -> Callable[[Function], Function]:
    """Register the function under the name. `kind` is the kind of the step that records its calls.

    A field of Arguments with `json_schema_extra={"hidden": True}` is ours to fill: whoever sends it is denied.
    """

    def register(function: Function) -> Function:
        known = _known.get(name)
        if known is not None and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two capabilities are named {name!r}")
        _known[name] = Capability(name, function, Arguments, effect, kind)
        capability_names.register(name)
        return function

    return register


def get(name: str) -> Capability | None:
    return _known.get(name)


def hidden_fields(model: type[BaseModel]) -> frozenset[str]:
    """Fields that are never offered to a caller and never taken from one."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("hidden")
    )


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema that a caller sees: without hidden fields, closed to any other."""
    found = model.model_json_schema()
    hidden = hidden_fields(model)
    found["properties"] = {
        name: one for name, one in found.get("properties", {}).items() if name not in hidden
    }
    if "required" in found:
        found["required"] = [name for name in found["required"] if name not in hidden]
    found["additionalProperties"] = False
    return found
