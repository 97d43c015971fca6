"""Around the text of a summary: drafts as they are typed, earlier versions, quotes added by hand."""

from functools import partial

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from console.builders import context
from console.builders.context import Context
from console.pictures import times
from console.requests import PageRequest
from console.views.calls import refused
from console.views.pages import attempt, look_of, number
from console.words import refusals
from runs import evidence, outcomes, summaries, summary_drafts
from runs.access import Permission, require
from runs.errors import Conflict, Invalid, NotFound, Refused
from voice import intake
from voice.models import Turn


@require_POST
def draft(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """Keep what is typed; JSON says when it was kept and who else is at this section."""
    found = _call(request, call_id)
    section = request.POST.get("section", "")
    try:
        with transaction.atomic():
            kept = summary_drafts.keep(
                found.run,
                section=section,
                text=request.POST.get("text", ""),
                base_version=number(request.POST.get("base_version", "")),
                by=request.actor,
                at=found.look.now,
            )
    except Refused as refusal:
        return JsonResponse({"error": refusals.refusal(refusal)}, status=refusal.status)
    first = summary_drafts.holder(found.run, section, found.look.now)
    other = first is not None and first.person_id != request.actor.user_id
    newest = summaries.latest(found.run)
    clock = times.clock(kept.at, seconds=True)
    return JsonResponse(
        {
            "saved": _("Saved as a draft at %(clock)s") % {"clock": clock},
            "held": _("%(name)s is editing this section") % {"name": first.name}
            if other and first
            else "",
            "version": newest.version if newest else 0,
        }
    )


@require_POST
def discard(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """Throw one's own unsaved text away; what is saved stays."""
    require(request.actor, Permission.EDIT_SUMMARY)
    found = _call(request, call_id)
    summary_drafts.let_go(found.run, section=request.POST.get("section", ""), by=request.actor)
    return _back(found)


@require_POST
def restore(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """An earlier version once more, as a new one."""
    found = _call(request, call_id)
    wanted = partial(
        summaries.restore,
        found.run,
        version=number(request.POST.get("version", "")),
        base_version=number(request.POST.get("base_version", "")),
        by=request.actor,
        at=found.look.now,
    )
    refusal = attempt(wanted)
    if refusal is not None:
        return refused(request, found, refusal, None)
    return _back(found)


@require_POST
def cite(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """Put words of the transcript behind a sentence or a field."""
    require(request.actor, Permission.EDIT_SUMMARY)
    found = _call(request, call_id)
    refusal = attempt(partial(_cite, request, found))
    if refusal is not None:
        return refused(request, found, refusal, None)
    return _back(found)


def _cite(request: PageRequest, found: Context) -> None:
    by, at, run = request.actor, found.look.now, found.run
    kind, _colon, rest = request.POST.get("target", "").partition(":")
    proof = evidence.by_hand(
        run, turns=_turns(request, found), quote=request.POST.get("words", "")[:2000], by=by, at=at
    )
    if kind == "f" and rest in found.values:
        value = found.values[rest]
        outcomes.correct(
            run, objective=found.content.objective, key=rest, value=value.value, by=by, at=at,
            note=value.note, shown=value.version, evidence=proof,
        )  # fmt: skip
        return
    section, _colon, index = rest.partition(":")
    if kind != "s" or not (index.isascii() and index.isdigit()):
        raise Invalid("bad_form")
    summaries.cite(
        run,
        base_version=number(request.POST.get("base_version", "")),
        section=section,
        index=int(index[:4]),
        evidence=proof.public_id,
        by=by,
        at=at,
    )


def _turns(request: PageRequest, found: Context) -> list[evidence.TurnText]:
    """The turn that was pointed at; without one the newest that holds the words."""
    key = request.POST.get("turn", "")
    turns: list[Turn] = list(found.moments.in_order)
    chosen = [one for one in turns if one.id.hex == key]
    if key and not chosen:
        raise Conflict("turn_changed")
    return intake.turn_texts(chosen or turns)


def _call(request: PageRequest, call_id: str) -> Context:
    found = context.of_call(call_id, look_of(request))
    if found is None:
        raise NotFound("call_not_found")
    return found


def _back(found: Context) -> HttpResponse:
    return HttpResponseRedirect(found.look.href("call", found.call.public_id), status=303)
