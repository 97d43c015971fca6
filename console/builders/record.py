"""The intake record of a call: fields of the objective beside what was captured."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.builders import asking
from console.builders.look import Look
from console.builders.moments import Moments
from console.pictures import times
from console.pictures.intake import FieldForm, FieldRow, Intake, IntakeStatus
from console.pictures.pieces import Option, Pill, Segments, Slot
from console.words import calls as words
from console.words import fields
from runs import evidence, outcomes
from runs.models import FieldValue, User
from runs.outcomes import PanelField
from runs.releases import Field, Objective
from voice.models import Command

Values = Mapping[str, FieldValue]
_SLOTS: dict[str, Slot] = {"captured": "captured", "declined": "captured", "unsure": "unsure"}


def segments(objective: Objective, values: Values) -> Segments:
    """One piece for each required field."""
    rows = [row for row in outcomes.panel(objective, values) if row.field.required]
    slots = tuple(_SLOTS.get(row.status, "missing") for row in rows)
    done = sum(slot == "captured" for slot in slots)
    text = ngettext(
        "%(done)d of %(total)d required field", "%(done)d of %(total)d required fields", len(slots)
    ) % {"done": done, "total": len(slots)}
    return Segments(slots=slots, words=text)


def counted(segments: Segments) -> str:
    """ "6 of 6", and "5 of 6, 1 to confirm" where nothing is missing but somebody should look."""
    text = _("%(done)d of %(total)d") % {"done": segments.done, "total": segments.total}
    unsure = segments.slots.count("unsure")
    if not unsure:
        return text
    confirm = ngettext("%(n)d to confirm", "%(n)d to confirm", unsure) % {"n": unsure}
    return _("%(count)s, %(confirm)s") % {"count": text, "confirm": confirm}


def intake(
    objective: Objective,
    values: Values,
    moments: Moments,
    look: Look,
    *,
    live: bool,
    given: Iterable[Command] = (),
) -> Intake:
    rows = outcomes.panel(objective, values)
    return Intake(
        status=status(objective, values),
        fields=tuple(
            field_row(row, objective, values, moments, look, live=live, given=given) for row in rows
        ),
    )


def status(objective: Objective, values: Values) -> IntakeStatus:
    """ "1 missing, 1 to confirm", or that all required fields are captured."""
    rows = outcomes.panel(objective, values)
    missing = sum(row.status == "missing" for row in rows)
    unsure = sum(row.status == "unsure" for row in rows)
    if not missing and not unsure:
        pill = Pill(text=_("All required fields captured"), tone="ok", icon="circle-check")
        return IntakeStatus(pill=pill)
    if missing and unsure:
        text = _("%(missing)d missing, %(unsure)d to confirm") % {
            "missing": missing,
            "unsure": unsure,
        }
    elif missing:
        text = ngettext("%(n)d missing", "%(n)d missing", missing) % {"n": missing}
    else:
        text = ngettext("%(n)d to confirm", "%(n)d to confirm", unsure) % {"n": unsure}
    number = missing + unsure
    open_words = ngettext("%(n)d open", "%(n)d open", number) % {"n": number}
    return IntakeStatus(pill=Pill(text=text, tone="warn"), open_count=number, open_words=open_words)


def field_row(
    row: PanelField,
    objective: Objective,
    values: Values,
    moments: Moments,
    look: Look,
    *,
    live: bool,
    given: Iterable[Command] = (),
) -> FieldRow:
    """`given` is what people asked of the call: a missing field says whether it was asked for."""
    value = row.value
    quote, clock, href = _proof(value, moments)
    return FieldRow(
        key=row.field.key,
        order=f"{objective.fields.index(row.field):03d}",
        label=row.field.label,
        status=row.status,
        status_words=status_words(row),
        value=_shown(row, look),
        value_masked=row.field.type == "phone" and look.masked,
        quote=quote,
        quote_clock=clock,
        quote_href=href,
        grade_words=_grade(value),
        note=_note(row, objective, values, live=live, given=given),
        fresh=value is not None and (look.now - value.at).total_seconds() < 3,
        form=form(row, moments, look) if look.edits else None,
        edited_text=_edited(value),
        ask=asking.of_field(row.field.key, given, moments.call, look)
        if live and row.status == "missing"
        else None,
    )


def form(row: PanelField, moments: Moments, look: Look) -> FieldForm | None:
    """How this person corrects the field; a number that they may not see they may not retype either."""
    field, value = row.field, row.value
    if field.type in ("phone", "email") and look.masked:
        return None
    stored = value.value if value is not None else None
    kind, options = "text", list(field.options)
    if field.type in ("date", "number", "phone", "email"):
        kind = {"phone": "tel", "date": "text"}.get(field.type, field.type)
    elif field.type in ("enum", "boolean"):
        kind, options = "choice", options or ["yes", "no"]
    if isinstance(stored, bool):
        stored = "yes" if stored else "no"
    text = ", ".join(map(str, stored)) if isinstance(stored, list) else str(stored or "")
    return FieldForm(
        action=look.href("field-set", moments.call.public_id, field.key),
        version=value.version if value is not None else 0,
        kind="area" if kind == "text" and len(text) > 60 else kind,
        value=text,
        options=tuple(
            Option(value=one, text=fields.option(one), chosen=one == text) for one in options
        ),
        can_confirm=row.status == "unsure",
    )


def _edited(value: FieldValue | None) -> str:
    if value is None or not value.by.startswith("person:"):
        return ""
    person = User.objects.filter(id=value.by.partition(":")[2]).first()
    name = person.name if person is not None else _("a person")
    if value.note == "confirmed":
        return _("Confirmed by %(name)s") % {"name": name}
    return _("Edited by %(name)s") % {"name": name}


def text_of(field: Field | None, value: Any, look: Look) -> str:
    """A stored value in words."""
    kind = field.type if field else "text"
    if value is None or value == "":
        return ""
    if kind == "phone":
        return look.number(str(value))
    if kind == "email":
        return look.email(str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind == "enum":
        return fields.option(value)
    if kind == "date":
        return _date(str(value))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def _date(text: str) -> str:
    from datetime import date

    try:
        return times.day(date.fromisoformat(text))
    except ValueError:
        return text


def _shown(row: PanelField, look: Look) -> str:
    if row.value is not None and row.value.value is not None:
        return text_of(row.field, row.value.value, look)
    if row.status == "declined":
        return _("Declined by the caller")
    return _("Not captured yet") if row.status == "missing" else _("Not captured")


def status_words(row: PanelField) -> str:
    return {
        "captured": _("Captured"),
        "unsure": _("To confirm"),
        "missing": _("Missing"),
        "optional": _("Optional, not captured"),
        "declined": _("Declined by the caller"),
    }[row.status]


def _note(
    row: PanelField,
    objective: Objective,
    values: Values,
    *,
    live: bool,
    given: Iterable[Command],
) -> str:
    if row.value is not None and row.value.note == "after_call":
        return _("Found after the call")
    if row.value is not None and row.value.note and row.value.note != "confirmed":
        return row.value.note
    if row.status == "unsure" and row.field.read_back:
        return _("Not read back yet")
    if live and asked_next(objective, values, given) == row.field.key:
        return _("Agent will ask next")
    return ""


def asked_next(objective: Objective, values: Values, given: Iterable[Command]) -> str:
    """The field that the agent asks for next: what a person wanted, else the first that is missing."""
    missing = outcomes.missing_fields(objective, values)
    return asking.wanted(given, missing) or next(iter(missing), "")


def _grade(value: FieldValue | None) -> str:
    """How sure a value is, where that is worth a word: what was simply said is the rule."""
    return "" if value is None or value.grade == "stated" else words.grade(value.grade)


def _proof(value: FieldValue | None, moments: Moments) -> tuple[str, str, str]:
    """Quote, moment and link of the evidence behind a value; empty where there is none."""
    found = value.evidence if value is not None else None
    if found is None or found.turn_id is None:
        return "", "", ""
    turn = moments.turns.get(uuid.UUID(str(found.turn_id)))
    quote = evidence.words(found, turn.text) if turn is not None else None
    if turn is None or quote is None:
        return str(found.data.get("claimed", "")), "", ""
    return quote, moments.clock(turn.started_at), moments.href(turn)
