"""What stands behind a call: what was promised, which data was used, what was changed."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from console.builders import moments
from console.builders.context import Context
from console.pictures import times
from console.pictures.calls import ChangedRow, UsedRow
from console.pictures.pieces import Link
from console.words import calls as call_words
from console.words import changes
from runs import evidence, ledger
from runs.models import Evidence, FieldValue, Summary, User

TABS = ("summary", "promised", "data", "changed")
PAGE = 50


def links(context: Context, tab: str) -> tuple[Link, ...]:
    here = context.look.href("call", context.call.public_id)
    texts = {
        "summary": _("Summary"),
        "promised": _("What was promised"),
        "data": _("Which data was used"),
        "changed": _("What was changed"),
    }
    return tuple(
        Link(
            text=texts[key],
            href=here if key == "summary" else f"{here}?tab={key}",
            current=key == tab,
        )
        for key in TABS
    )


def used(context: Context, after: str) -> tuple[list[UsedRow], str]:
    """Evidence of the run, oldest first, and the mark of the next page ("" at the end)."""
    rows = Evidence.objects.filter(run=context.run).order_by("id")
    mark = moments.row_id(after)
    if mark.int:
        rows = rows.filter(id__gt=mark)
    found = list(rows[: PAGE + 1])
    uses = _uses(context)
    shown = [_used(one, context, uses.get(one.public_id, ())) for one in found[:PAGE]]
    return shown, str(found[PAGE - 1].id) if len(found) > PAGE else ""


def _uses(context: Context) -> dict[str, list[str]]:
    """Evidence id -> what rests on it."""
    made: dict[str, list[str]] = {}
    labels = {one.key: one.label for one in context.content.objective.fields}
    values = FieldValue.objects.filter(run=context.run, evidence__isnull=False)
    for key, public_id in values.values_list("key", "evidence__public_id").distinct():
        made.setdefault(public_id, []).append(labels.get(key, key))
    newest = Summary.objects.filter(run=context.run).order_by("-version").first()
    for section in newest.sections if newest else ():
        for sentence in section["sentences"]:
            for public_id in sentence["evidence"]:
                made.setdefault(public_id, []).append(_("Summary"))
    return {key: list(dict.fromkeys(names)) for key, names in made.items()}


def _used(one: Evidence, context: Context, uses: Sequence[str]) -> UsedRow:
    look = context.look
    turn = context.moments.turns.get(uuid.UUID(str(one.turn_id))) if one.turn_id else None
    when = times.when(one.at, now=look.now, style="seconds")
    shared: dict[str, Any] = {
        "at": when,
        "handle": look.handle(one.public_id),
        "uses": ", ".join(uses),
    }
    if turn is not None:
        words = evidence.words(one, turn.text)
        who = context.caller if turn.speaker == "caller" else _("Agent")
        place = {"name": who, "clock": context.moments.clock(turn.started_at)}
        return UsedRow(
            title=_("%(name)s at %(clock)s") % place,
            text=_("“%(words)s”") % {"words": words}
            if words
            else _("The quote is not in the transcript any more"),
            source=call_words.grade(one.grade),
            href=f"#turn-{moments.key(turn.id)}",
            **shared,
        )
    values = one.data if isinstance(one.data, Mapping) else {}
    text = ", ".join(
        f"{key}: {look.value(value)}" for key, value in values.items() if not key.startswith("_")
    )
    title = f"{one.system.upper()} {one.reference}".strip() or _("Not from the transcript")
    return UsedRow(title=title, text=text, source=_("Read from another system"), **shared)


def changed(context: Context, before: int) -> tuple[list[ChangedRow], int]:
    """Changes of the run, newest first, and the number that the next page begins below (0 at the end)."""
    lines = [
        line
        for line in ledger.of_kinds(*changes.KINDS, runs=[context.run.id])
        if not before or line.number < before
    ]
    newest = list(reversed(lines))
    names = _people(newest[:PAGE])
    shown = list(_rows(newest[:PAGE], names, context))
    return shown, newest[PAGE - 1].number if len(newest) > PAGE else 0


def _people(lines: Sequence[ledger.Written]) -> dict[str, str]:
    ids = {one.by.partition(":")[2] for one in lines if one.by.startswith("person:")}
    return {f"person:{user.id}": user.name for user in User.objects.filter(id__in=ids)}


def _rows(
    lines: Sequence[ledger.Written], names: Mapping[str, str], context: Context
) -> Iterable[ChangedRow]:
    labels = {one.key: one.label for one in context.content.objective.fields}
    for line in lines:
        title, icon, tone = changes.said(line.kind)
        what = line.body.get("field")
        text = labels.get(str(what), str(what)) if what else changes.details(line.kind, line.body)
        yield ChangedRow(
            title=title,
            text=text,
            by=names.get(line.by) or by_words(line.by),
            at=times.when(line.at, now=context.look.now, style="seconds"),
            icon=icon,
            tone=tone,
            href=_href(line.body, context),
        )


def by_words(actor: str) -> str:
    kind, _colon, name = actor.partition(":")
    if kind == "system":
        ours = {"switchboard": _("Switchboard"), "after-call": _("Work after the call")}
        ours["promises"] = _("Rules")
        return ours.get(name, name)
    return {"agent": _("Agent"), "key": _("API key"), "person": _("a person")}.get(kind) or name


def _href(body: Mapping[str, object], context: Context) -> str:
    if body.get("proposal"):
        return context.look.href("proposal", body["proposal"])
    if body.get("entry"):
        return f"{context.look.href('outbox')}#outbox-{body['entry']}"
    if body.get("field"):
        return f"#field-{body['field']}"
    return ""
