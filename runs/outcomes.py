"""Outcomes: captured fields in versions, what is missing, when a call is complete."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from runs import audit, canonical, ledger, locks, values
from runs.access import Permission, require
from runs.errors import Conflict, Invalid
from runs.models import Evidence, FieldValue, Outcome, Run
from runs.models.evidence import Grade
from runs.models.field_value import FieldState
from runs.people import Actor
from runs.releases import Field, Objective

Values = Mapping[str, FieldValue]
Status = Literal["captured", "unsure", "missing", "optional", "declined"]


@dataclass(frozen=True, slots=True)
class PanelField:
    """A field of the objective beside its newest value: one row of the missing-fields panel."""

    field: Field
    status: Status
    value: FieldValue | None


def capture(
    run: Run,
    *,
    objective: Objective,
    key: str,
    value: Any,
    grade: str,
    evidence: Evidence | None,
    by: Actor,
    at: datetime,
    note: str = "",
) -> FieldValue:
    """Add a value that was heard. The same value with the same grade adds nothing and returns what is there.

    Raise Invalid for an unknown field or a value that is not of its type. What was only inferred, could
    not be verified, or needs a read-back that has not happened is `unsure`.
    """
    field = _field(objective, key)
    stored = values.normalise(field, value)
    state = FieldState.DECLINED if stored is None else _state_of(field, grade)
    known = _newest(run, key)
    if known is not None and (known.value, known.grade, known.state) == (stored, grade, state):
        return known
    return _add(run, "field.captured", known, key, state, stored, grade, evidence, by, at, note)


def correct(
    run: Run,
    *,
    objective: Objective,
    key: str,
    value: Any,
    by: Actor,
    at: datetime,
    note: str = "",
    shown: int | None = None,
    evidence: Evidence | None = None,
) -> FieldValue:
    """A person sets a value. The value before stays as a version, and its quote stays with the field.

    `shown` is the version that the person looked at (0 for none): another one is a Conflict.
    """
    require(by, Permission.EDIT_FIELDS)
    stored = values.normalise(_field(objective, key), value)
    known = _newest(run, key)
    _as_shown(known, shown)
    state = FieldState.DECLINED if stored is None else FieldState.CAPTURED
    proof = evidence or (known.evidence if known is not None else None)
    added = _add(
        run, "field.corrected", known, key, state, stored, Grade.STATED, proof, by, at, note
    )
    audit.record(
        "field.corrected", f"{run.public_id}/{key}", by=by, at=at, version=added.version,
        was=known.value if known is not None else None, became=added.value,
    )  # fmt: skip
    return added


def confirm(run: Run, *, key: str, by: Actor, at: datetime, shown: int | None = None) -> FieldValue:
    """A person vouches for an unsure value; it keeps its evidence."""
    require(by, Permission.EDIT_FIELDS)
    known = _newest(run, key)
    _as_shown(known, shown)
    if known is None or known.state != FieldState.UNSURE:
        raise Conflict("nothing_to_confirm", field=key)
    added = _add(
        run, "field.corrected", known, key, FieldState.CAPTURED, known.value, known.grade,
        known.evidence, by, at, "confirmed",
    )  # fmt: skip
    audit.record("field.confirmed", f"{run.public_id}/{key}", by=by, at=at, version=added.version)
    return added


def renew(run: Run, *, objective: Objective, by: Actor, at: datetime) -> Outcome | None:
    """After a correction: the outcome anew, where there is one and what is missing or known changed."""
    last = Outcome.objects.filter(run=run).order_by("-version").first()
    if last is None:
        return None
    return record(
        run, objective=objective, end_reason=last.end_reason, next_action=last.next_action,
        escalation_reason=last.escalation_reason, verdict=last.verdict, by=by, at=at,
    )  # fmt: skip


def _as_shown(known: FieldValue | None, shown: int | None) -> None:
    version = known.version if known is not None else 0
    if shown is not None and shown != version:
        raise Conflict("value_changed", version=version)


def regrade(value: FieldValue, *, objective: Objective, by: Actor, at: datetime) -> FieldValue:
    """Its evidence was verified meanwhile: add a version with the evidence's grade."""
    assert value.evidence is not None
    grade = value.evidence.grade
    state = _state_of(_field(objective, value.key), grade)
    known = _newest(value.run, value.key)
    if known is None or known.version != value.version or known.grade == grade:
        return known or value
    return _add(
        value.run, "field.captured", known, value.key, state, value.value, grade,
        value.evidence, by, at, "",
    )  # fmt: skip


def current(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, FieldValue]]:
    """The newest value of every field of these runs."""
    found: dict[uuid.UUID, dict[str, FieldValue]] = {run_id: {} for run_id in run_ids}
    rows = (
        FieldValue.objects.filter(run_id__in=list(found))
        .order_by("run_id", "key", "-version")
        .distinct("run_id", "key")
        .select_related("evidence")
    )
    for row in rows:
        found[row.run_id][row.key] = row
    return found


def panel(objective: Objective, known: Values) -> list[PanelField]:
    """The missing-fields panel: every field in the objective's own order."""
    return [
        PanelField(field, _status(field, known.get(field.key)), known.get(field.key))
        for field in objective.fields
    ]


def missing_fields(objective: Objective, known: Values) -> list[str]:
    """Keys of required fields that nothing was captured for."""
    return [row.field.key for row in panel(objective, known) if row.status == "missing"]


def record(
    run: Run,
    *,
    objective: Objective,
    end_reason: str,
    next_action: str,
    by: Actor,
    at: datetime,
    escalation_reason: str = "",
    verdict: str = "",
) -> Outcome:
    """Add a version of the outcome: completeness from what was captured, never from a model's word."""
    known = current([run.id])[run.id]
    missing = missing_fields(objective, known)
    last = Outcome.objects.filter(run=run).order_by("-version").first()
    outcome = Outcome.objects.create(
        workspace_id=run.workspace_id,
        run=run,
        version=(last.version if last else 0) + 1,
        complete=not missing,
        missing=missing,
        end_reason=end_reason,
        escalation_reason=escalation_reason,
        next_action=next_action,
        verdict=verdict,
        record={key: value.value for key, value in known.items()},
        at=at,
    )
    Run.objects.filter(id=run.id).update(complete=outcome.complete, verdict=verdict)
    ledger.append(
        run.id, "outcome.captured", by=by, at=at, outcome=str(outcome.id),
        version=outcome.version, complete=outcome.complete, missing=missing,
    )  # fmt: skip
    return outcome


def _field(objective: Objective, key: str) -> Field:
    field = next((one for one in objective.fields if one.key == key), None)
    if field is None:
        raise Invalid("unknown_field", field=key, known=[one.key for one in objective.fields])
    return field


def _state_of(field: Field, grade: str) -> FieldState:
    if grade in (Grade.INFERRED, Grade.UNVERIFIED):
        return FieldState.UNSURE
    if field.read_back and grade not in (Grade.READ_BACK, Grade.SYSTEM):
        return FieldState.UNSURE
    return FieldState.CAPTURED


def _status(field: Field, value: FieldValue | None) -> Status:
    if value is None:
        return "missing" if field.required else "optional"
    if value.state == FieldState.DECLINED:
        return "declined"
    return "unsure" if value.state == FieldState.UNSURE else "captured"


def _newest(run: Run, key: str) -> FieldValue | None:
    # Versions follow each other.
    locks.lock_run(run.id)
    return FieldValue.objects.filter(run=run, key=key).order_by("-version").first()


def _add(
    run: Run, kind: str, known: FieldValue | None, key: str, state: FieldState, value: Any,
    grade: str, evidence: Evidence | None, by: Actor, at: datetime, note: str,
) -> FieldValue:  # fmt: skip
    canonical.dumps(value)
    added = FieldValue.objects.create(
        workspace_id=run.workspace_id, run=run, key=key,
        version=(known.version if known else 0) + 1,
        state=state, value=value, grade=grade, evidence=evidence, note=note, by=by.id, at=at,
    )  # fmt: skip
    ledger.append(
        run.id, kind, by=by, at=at, field=key, version=added.version, state=str(state),
        grade=str(grade), evidence=evidence.public_id if evidence else "",
    )  # fmt: skip
    return added
