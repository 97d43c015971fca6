"""Tools: what the model is offered in a call, and the one door through which it calls them."""

import importlib
import json
import logging
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, transaction
from pydantic import BaseModel

from runs import ledger, redaction, scope, steps
from runs.errors import Refused
from runs.models import Run, Step
from runs.models.step import StepState
from runs.people import Actor
from runs.releases import Content
from voice import tool_arguments
from voice.models import Call

logger = logging.getLogger(__name__)

# A model that loops may not fill the record of a call.
MAX_CALLS = 60
HANGUP, HANDOFF, COLLECT = "hangup", "handoff", "collect"


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What goes back to the model, and what the call has to do next (`hangup`, `handoff`, `collect`)."""

    output: dict[str, Any]
    effects: list[str] = field(default_factory=list)

    @property
    def denied(self) -> bool:
        return self.output.get("status") == "denied"


@dataclass(frozen=True, slots=True)
class Asking:
    """One call of a tool: who asks in which call, and where in the talk."""

    call: Call
    run: Run
    content: Content
    call_id: str
    position: int
    by: Actor
    at: datetime
    fence: int | None = None

    @property
    def step_key(self) -> str:
        return f"tool:{self.call_id}"[:120]


@dataclass(frozen=True, slots=True)
class Tool:
    """`handle` does the work in the caller's transaction and may raise Refused.

    `keeps_step` tools are recorded as a step here; the gate records its own.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    Arguments: type[BaseModel]
    handle: Callable[[Asking, Any], ToolAnswer]
    keeps_step: bool = True
    prepare: Callable[[Asking, Any], None] | None = None


Offer = Callable[[Content], Sequence[Tool]]
_offers: list[Offer] = []


def offer(function: Offer) -> Offer:
    """Register a function that says which tools a release offers."""
    if function not in _offers:
        _offers.append(function)
    return function


@lru_cache(maxsize=1)
def _load() -> None:
    import voice.tools

    for module in sorted(one.name for one in pkgutil.iter_modules(voice.tools.__path__)):
        importlib.import_module(f"voice.tools.{module}")


def tools_of(content: Content) -> list[Tool]:
    """Every tool of the release, in a stable order."""
    _load()
    return [tool for one in _offers for tool in one(content)]


def schemas(content: Content) -> list[dict[str, Any]]:
    """The session's `tools`: function tools as the realtime provider wants them."""
    return [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        }
        for tool in tools_of(content)
    ]


def run(
    tool_name: str,
    arguments_json: str,
    *,
    call: Call,
    run: Run,
    content: Content,
    call_id: str,
    position: int,
    by: Actor,
    at: datetime,
    fence: int | None = None,
) -> ToolAnswer:
    """Answer one function call of the model, in the scope and transaction of the caller.

    The same `call_id` is answered from the record. What the model got wrong is an answer with
    `status: denied` and a code, never an exception. Other systems are read before any row is locked.
    Whoever lost the call (`fence` is its epoch) gets Superseded and has changed nothing.
    """
    # Before anything is parsed: steps, fields and claimed quotes come out of these arguments.
    arguments_json = redaction.in_json(arguments_json)
    asking = Asking(call, run, content, call_id, position, by, at, fence)
    recorded = Step.objects.filter(run=run, step_key=asking.step_key).first()
    if recorded is not None:
        return _recorded(recorded)
    tool = next((one for one in tools_of(content) if one.name == tool_name), None)
    try:
        if tool is None:
            raise Refused("tool_not_allowed", tool=tool_name[:80])
        arguments = tool_arguments.parse(tool.Arguments, arguments_json)
        if _is_spent(run):
            raise Refused("tool_budget_spent", limit=MAX_CALLS)
        if tool.prepare is not None:
            tool.prepare(asking, arguments)
    except Refused as refused:
        return _deny(asking, tool_name, refused)
    _called(asking, tool_name)
    return _handle(asking, tool, arguments)


def _is_spent(run: Run) -> bool:
    return Step.objects.filter(run=run, step_key__startswith="tool:").count() >= MAX_CALLS


def _handle(asking: Asking, tool: Tool, arguments: BaseModel) -> ToolAnswer:
    step = _begin(asking, tool.name, arguments.model_dump(mode="json")) if tool.keeps_step else None
    try:
        with transaction.atomic():
            answer = tool.handle(asking, arguments)
    except Refused as refused:
        answer = denied(refused)
    except DatabaseError:
        raise
    except Exception:
        # A fault of ours must not cost the caller the call.
        logger.exception("tool %s failed in call %s", tool.name, asking.call.public_id)
        answer = denied(Refused("tool_failed"))
    if step is not None:
        _finish(asking, step, answer)
    _answered(asking, tool.name, answer)
    return answer


def denied(refused: Refused) -> ToolAnswer:
    """The model's view of a refusal."""
    details = json.loads(json.dumps(refused.details, default=str))
    return ToolAnswer({"status": "denied", "code": refused.code, **details})


def _deny(asking: Asking, name: str, refused: Refused) -> ToolAnswer:
    answer = denied(refused)
    _called(asking, name)
    _finish(asking, _begin(asking, name, {}), answer)
    _answered(asking, name, answer)
    return answer


def _begin(asking: Asking, name: str, arguments: dict[str, Any]) -> Step:
    step, _fresh = steps.begin(
        asking.run,
        key=asking.step_key,
        name=_readable(name),
        kind="tool",
        arguments=arguments,
        by=asking.by,
        at=asking.at,
    )
    return step


def _finish(asking: Asking, step: Step, answer: ToolAnswer) -> None:
    steps.finish(
        step,
        state=StepState.DENIED if answer.denied else StepState.DONE,
        result={"output": answer.output, "effects": answer.effects},
        by=asking.by,
        at=scope.now(),
    )


def _recorded(step: Step) -> ToolAnswer:
    result = dict(step.result or {})
    if "output" in result:
        return ToolAnswer(dict(result["output"]), list(result.get("effects", [])))
    return ToolAnswer(flatten(result))


def flatten(envelope: dict[str, Any]) -> dict[str, Any]:
    """The gate's envelope as the model gets it: one level, and the wait for a person named."""
    told = {key: value for key, value in envelope.items() if key not in ("result", "details")}
    told = {**(envelope.get("result") or {}), **(envelope.get("details") or {}), **told}
    if told.get("status") == "waiting":
        told["status"] = "pending_approval"
    if told.get("status") in ("pending_approval", "queued"):
        told["say"] = (
            "A colleague looks at it first: say that it was passed on, not that it is done."
        )
    return told


def _called(asking: Asking, name: str) -> None:
    """The first write: from here on the run is locked, so nobody can take the call over in between."""
    body = {
        "tool": _readable(name),
        "call_id": asking.call_id,
        "position": asking.position,
        "step": asking.step_key,
    }
    fences = {} if asking.fence is None else {asking.run.id: asking.fence}
    line = ledger.Line(asking.run.id, "tool.called", body)
    ledger.append_many([line], by=asking.by, at=asking.at, fences=fences)


def _answered(asking: Asking, name: str, answer: ToolAnswer) -> None:
    body: dict[str, Any] = {
        "tool": _readable(name),
        "call_id": asking.call_id,
        "position": asking.position,
    }
    if answer.denied:
        body["code"] = str(answer.output.get("code", "refused"))
        ledger.append(asking.run.id, "tool.denied", by=asking.by, at=scope.now(), **body)
        return
    body |= {"step": asking.step_key, "state": str(answer.output.get("status", "done"))}
    ledger.append(asking.run.id, "tool.answered", by=asking.by, at=scope.now(), **body)


def _readable(name: str) -> str:
    """`crm__propose_customer_update` is the model's spelling of `crm.propose_customer_update`."""
    return name.replace("__", ".")[:80]
