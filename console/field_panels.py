"""What a line of the ledger changes in the record of a live call: its rows and the pill above them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from console.builders import record
from console.builders.context import Context
from console.frames import Piece
from runs import outcomes
from runs.outcomes import PanelField


def changed(context: Context, key: str, *, quiet: bool) -> Iterable[Piece]:
    """The row of a field that has a new value, the pill, and the field that is asked for next."""
    objective = context.content.objective
    rows = {one.field.key: one for one in outcomes.panel(objective, context.values)}
    if key not in rows:
        return
    yield row(context, rows[key], say=not quiet)
    yield _status(context)
    following = record.asked_next(objective, context.values, context.given)
    if following:
        yield row(context, rows[following])


def missing(context: Context) -> Iterable[Piece]:
    """Of every missing field: who wants it asked, and which of them comes next, may have changed."""
    for one in outcomes.panel(context.content.objective, context.values):
        if one.status == "missing":
            yield row(context, one)


def row(context: Context, field: PanelField, *, say: bool = False) -> Piece:
    picture = record.field_row(
        field,
        context.content.objective,
        context.values,
        context.moments,
        context.look,
        live=context.live,
        given=context.given,
    )
    words = {"label": picture.label, "value": picture.value}
    return Piece(
        target="fields",
        template="live/_field.html",
        name="field",
        picture=picture,
        key=f"field-{field.field.key}",
        order=picture.order,
        say=_("%(label)s: %(value)s") % words if say else "",
    )


def _status(context: Context) -> Piece:
    return Piece(
        target="intake-status",
        template="live/_intake_status.html",
        name="status",
        picture=record.status(context.content.objective, context.values),
        key="intake-status",
    )
