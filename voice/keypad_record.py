"""What stays of digits that a caller typed: a step, and a field where they may be kept as they are."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from runs import evidence, outcomes, redaction, steps
from runs.errors import Invalid
from runs.models import Run, Step
from runs.models.step import StepState
from runs.people import Actor
from runs.releases import Content, field_of

COLLECTED = "receive_dtmf.collected"
_KEY = "keys:"
_TOOL = "receive_dtmf"
_ASKED = "tool:"


@dataclass(frozen=True, slots=True)
class Typed:
    """`kept` is what may be written down: the digits, their mask, or nothing."""

    call_id: str
    field: str
    sensitivity: str
    ended: str
    count: int
    kept: str
    matches: bool | None


def keep(run: Run, content: Content, typed: Typed, *, by: Actor, at: datetime) -> Step:
    """Once for each collection; told twice, the first result stays."""
    step, fresh = steps.begin(
        run,
        key=f"{_KEY}{typed.call_id}"[:120],
        name=COLLECTED,
        kind="keypad",
        arguments={"field": typed.field, "sensitivity": typed.sensitivity},
        by=by,
        at=at,
    )
    if not fresh:
        return step
    result = {
        "status": typed.ended,
        "count": typed.count,
        "kept": typed.kept,
        "matches": typed.matches,
    }
    step = steps.finish(step, state=StepState.DONE, result=result, by=by, at=at)
    if typed.kept and typed.ended == "complete":
        _fill(run, content, typed, step, by=by, at=at)
    return step


def waiting(run: Run) -> dict[str, object] | None:
    """What the newest collection without a result was asked for, with its `call_id`; its keys are gone."""
    asked = Step.objects.filter(run=run, name=_TOOL, state=StepState.DONE).order_by("id")
    done = set(Step.objects.filter(run=run, name=COLLECTED).values_list("step_key", flat=True))
    found = None
    for step in asked:
        call_id = step.step_key.removeprefix(_ASKED)
        if f"{_KEY}{call_id}"[:120] not in done:
            found = {**dict((step.result or {}).get("output", {})), "call_id": call_id}
    return found


def results(run: Run) -> list[Typed]:
    """Every collection that is over, as far as the record keeps it."""
    found = []
    for step in Step.objects.filter(run=run, name=COLLECTED).order_by("id"):
        result = step.result or {}
        found.append(
            Typed(
                step.step_key.removeprefix(_KEY),
                *(step.arguments["field"], step.arguments["sensitivity"], result["status"]),
                *(result["count"], result["kept"], result["matches"]),
            )
        )
    return found


def masked(run: Run) -> list[redaction.Typed]:
    """Numbers that nobody may write down, as far as the record knows them: how long, and how they end."""
    return [
        redaction.Typed(one.count, one.kept.partition("••")[2])
        for one in results(run)
        if one.sensitivity == "masked" and one.count
    ]


def _fill(run: Run, content: Content, typed: Typed, step: Step, *, by: Actor, at: datetime) -> None:
    """Keys need no quote: the evidence is that they were pressed. What is masked stays so in the field."""
    if field_of(content, typed.field) is None:
        return
    try:
        with transaction.atomic():
            proof = evidence.from_system(
                run,
                system="keypad",
                reference=str(step.id),
                data={typed.field: typed.kept},
                by=by,
                at=at,
            )
            outcomes.capture(
                run,
                objective=content.objective,
                key=typed.field,
                value=typed.kept,
                grade=proof.grade,
                evidence=proof,
                by=by,
                at=at,
            )
    except Invalid:
        # Digits that are no value of the field: the step keeps them, the field stays open.
        return
