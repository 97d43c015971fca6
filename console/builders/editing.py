"""The values of a proposal as they can be typed: each keeps its type."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals import editing
from approvals.contents import Change
from console.builders.attempts import Attempt
from console.pictures.attention import EditField
from console.words import fields

LONG = 40  # characters: what is longer gets several lines


def field(change: Change, attempt: Attempt, title: str = "") -> EditField:
    """`title` where it is no field of a record. What was typed and refused stands there again, with what is wrong with it."""
    was = editing.write_text(change)
    typed = attempt.values.get(change.field, was)
    sample = change.after if change.after is not None else change.before
    number = isinstance(sample, int | float) and not isinstance(sample, bool)
    return EditField(
        name=change.field,
        label=title or fields.label(change.field, change.label),
        text=typed,
        was=was,
        hint=_("A number, or null for none") if number else "",
        error=attempt.field_errors.get(change.field, ""),
        options=_options(change, sample, typed),
        long=isinstance(sample, str) and max(len(was), len(typed)) > LONG,
    )


def _options(change: Change, sample: Any, typed: str) -> tuple[tuple[str, str], ...]:
    if isinstance(sample, bool):
        return (
            ("true", _("Yes")),
            ("false", _("No")),
            ("null", pgettext("value", "Empty")),
        )
    if fields.holds_choice(change.field):
        known = {
            "": pgettext("value", "Empty"),
            **{one: fields.option(one) for one in fields.options()},
        }
        return tuple({**known, typed: known.get(typed, typed)}.items())
    return ()
