"""Verbs on a live call: claim, flag, seen to, whisper, end; and its fields confirmed or corrected by a person."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from console.builders import context, live, record, transcript
from console.builders.context import Context
from console.pictures.intake import FieldRow
from console.requests import PageRequest
from console.views.live import draw_call
from console.views.pages import (
    attempt,
    identity,
    look_of,
    no_such_verb,
    number,
    refusal_banner,
)
from console.words import minding as words
from console.words import refusals
from runs import outcomes
from runs.access import Permission, require
from runs.errors import Invalid, NotFound, Refused
from voice import asking, assignments, commands, minding

Verb = Callable[[PageRequest, Context], object]


@require_POST
def mind(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """One verb about the call as a whole. Refused, it is the page again with what was typed."""
    found = _call(request, call_id)
    verb = _VERBS.get(request.POST.get("verb", ""), no_such_verb)
    refusal = attempt(partial(verb, request, found))
    if refusal is not None:
        return _refused(request, call_id, refusal)
    if verb is _ask and request.headers.get("HX-Request") == "true":
        row = _row(request, call_id, request.POST.get("field", ""), None)
        return render(request, "console/live/_field.html", {"field": row})
    return HttpResponseRedirect(found.look.href("live-call", call_id), status=303)


@require_POST
def end(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """Ask the owner of the call to close the line."""
    require(request.actor, Permission.END_CALL)
    found = _call(request, call_id)
    _end(request, found)
    return HttpResponseRedirect(found.look.href("live-call", call_id), status=303)


def _end(request: PageRequest, found: Context) -> None:
    """Asked twice, it is the same command."""
    reason = request.POST.get("reason", "")
    commands.give(
        found.call,
        commands.END,
        key=f"end:{found.call.public_id}",
        by=request.actor,
        at=found.look.now,
        reason=reason if reason in words.END_REASONS else "",
    )


def _key(request: PageRequest, found: Context, verb: str) -> str:
    """One form asks once, however often it is sent."""
    key = request.POST.get("key", "")
    if not 8 <= len(key) <= 60:
        raise Invalid("bad_form")
    return f"{verb}:{found.call.public_id}:{key}"[:80]


def _whisper(request: PageRequest, found: Context) -> None:
    commands.give(
        found.call,
        commands.WHISPER,
        key=_key(request, found, "whisper"),
        by=request.actor,
        at=found.look.now,
        text=request.POST.get("text", ""),
    )


def _transfer(request: PageRequest, found: Context) -> None:
    commands.give(
        found.call,
        commands.TRANSFER,
        key=_key(request, found, "transfer"),
        by=request.actor,
        at=found.look.now,
        destination=request.POST.get("destination", ""),
    )


def _assign(request: PageRequest, found: Context) -> None:
    to = identity(request.POST.get("to", ""))
    if to is None:
        raise Invalid("cannot_be_assigned")
    assignments.assign(found.call, to=to, by=request.actor, at=found.look.now)


def _ask(request: PageRequest, found: Context) -> None:
    asking.ask(
        found.call,
        field=request.POST.get("field", ""),
        tries=number(request.POST.get("tries", ""), -1),
        by=request.actor,
        at=found.look.now,
    )


def _flag(request: PageRequest, found: Context) -> None:
    code, note = request.POST.get("code", ""), request.POST.get("note", "")
    minding.flag(found.call, code=code, note=note, by=request.actor, at=found.look.now)


def _unflag(request: PageRequest, found: Context) -> None:
    code = request.POST.get("code", "")
    minding.take_down(found.call, code=code, by=request.actor, at=found.look.now)


def _handle(request: PageRequest, found: Context) -> None:
    trigger = request.POST.get("trigger", "")
    minding.handle(found.call, trigger=trigger, by=request.actor, at=found.look.now)


_VERBS: dict[str, Verb] = {
    "claim": lambda r, f: minding.claim(f.call, by=r.actor, at=f.look.now),
    "assign": _assign,
    "release": lambda r, f: minding.release(f.call, by=r.actor, at=f.look.now),
    "flag": _flag,
    "unflag": _unflag,
    "handle": _handle,
    "whisper": _whisper,
    "ask": _ask,
    "transfer": _transfer,
    "end": _end,
}


@require_POST
def set_field(request: PageRequest, slug: str, call_id: str, key: str) -> HttpResponse:
    """Confirm what is shown, or put another value in its place. The answer is the row, or the whole page."""
    require(request.actor, Permission.EDIT_FIELDS)
    found = _call(request, call_id)
    objective = found.content.objective
    if key not in {field.key for field in objective.fields}:
        raise NotFound("unknown_field")
    error = attempt(partial(_set, request, found, key))
    if request.headers.get("HX-Request") == "true":
        row = _row(request, call_id, key, error)
        return render(
            request,
            "console/live/_field.html",
            {"field": row},
            status=error.status if error else 200,
        )
    if error is not None:
        return _refused(request, call_id, error)
    back = "call" if request.POST.get("page") == "call" else "live-call"
    where = f"{found.look.href(back, call_id)}#field-{key}"
    return HttpResponseRedirect(where, status=303)


def _set(request: PageRequest, found: Context, key: str) -> None:
    run, at, by = found.run, found.look.now, request.actor
    objective = found.content.objective
    shown = number(request.POST.get("version", ""), -1)
    if shown < 0 or request.POST.get("verb") not in ("confirm", "correct"):
        raise Invalid("bad_form")
    if request.POST["verb"] == "confirm":
        outcomes.confirm(run, key=key, by=by, at=at, shown=shown)
    else:
        value = request.POST.get("value", "").replace("\0", "").strip()
        field = next(one for one in objective.fields if one.key == key)
        typed: object = value
        if field.type == "list":
            typed = [part.strip() for part in value.split(",") if part.strip()]
        outcomes.correct(run, objective=objective, key=key, value=typed, by=by, at=at, shown=shown)
    outcomes.renew(run, objective=objective, by=by, at=at)


def _row(request: PageRequest, call_id: str, key: str, error: Refused | None) -> FieldRow:
    """The row as it is now; refused, with its form open and what was typed in it."""
    fresh = _call(request, call_id)
    objective = fresh.content.objective
    shown = next(one for one in outcomes.panel(objective, fresh.values) if one.field.key == key)
    row = record.field_row(
        shown,
        objective,
        fresh.values,
        fresh.moments,
        fresh.look,
        live=fresh.live,
        given=fresh.given,
    )
    if error is None or row.form is None:
        return row
    typed = request.POST.get("value", row.form.value)
    form = replace(row.form, open=True, value=typed, error=refusals.refusal(error))
    return replace(row, form=form)


def _call(request: PageRequest, call_id: str) -> Context:
    found = context.of_call(call_id, look_of(request), newest=transcript.MOST_LINES)
    if found is None:
        raise NotFound("call_not_found")
    return found


def _refused(request: PageRequest, call_id: str, refusal: Refused) -> HttpResponse:
    """The page as it is now, with a banner that says what was not done; what was typed stays."""
    found = _call(request, call_id)
    page = replace(live.live_call(found), banner=refusal_banner(refusal))
    return draw_call(request, found, page, status=refusal.status)
