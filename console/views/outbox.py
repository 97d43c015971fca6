"""The outbox: effects on their way out, one of them in full, and what stops all of them."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import notices, pauses, probes, resolutions
from approvals import outbox as gate
from approvals.models import OutboxEntry
from console.builders import asked, effect, outbox
from console.requests import PageRequest
from console.views.pages import draw, look_of
from console.words.gate import VERBS
from runs import audit
from runs.access import Permission, require
from runs.errors import NotFound, Refused


@require_safe
def outbox_list(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_OUTBOX)
    look = look_of(request)
    wanted = asked.of(request.GET, states=outbox.STATES, names=outbox.NAMES)
    return draw(
        request,
        "console/outbox/list.html",
        outbox.outbox_page(wanted, request.actor, look),
        look,
        title=_("Outbox"),
        current="outbox",
        live=not wanted.narrowed and not wanted.paged,
    )


@require_safe
def effect_page(request: PageRequest, slug: str, entry_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_OUTBOX)
    entry = gate.get(entry_id)
    at = look_of(request).now
    audit.record_view(entry.public_id, by=request.actor, at=at)
    notices.mark_read(request.actor, at=at, effect=entry)
    return _draw(request, entry)


@require_POST
def act(request: PageRequest, slug: str, entry_id: str, verb: str) -> HttpResponse:
    """What a person does with an effect that does not get on by itself. A refusal comes with the fresh page."""
    require(request.actor, Permission.MANAGE_OUTBOX)
    look = look_of(request)
    entry = gate.get(entry_id)
    evidence = request.POST.get("evidence", "")
    try:
        with transaction.atomic():
            changed = _do(verb, entry, evidence, request)
    except NotFound:
        raise
    except Refused as refusal:
        return _draw(request, gate.get(entry_id), refusal=refusal, typed=evidence)
    return HttpResponseRedirect(look.href("effect", changed.public_id), status=303)


def _do(verb: str, entry: OutboxEntry, evidence: str, request: PageRequest) -> OutboxEntry:
    at = look_of(request).now
    if verb == "happened":
        return resolutions.it_happened(entry, evidence=evidence, by=request.actor, at=at)
    if verb not in VERBS:
        raise NotFound("no_such_address")
    done: OutboxEntry = getattr(resolutions, VERBS[verb][0])(entry, by=request.actor, at=at)
    return done


@require_POST
def stop(request: PageRequest, slug: str) -> HttpResponse:
    """Stop sending: nothing more at all, or nothing that is allowed from now on."""
    look = look_of(request)
    pauses.begin(
        request.POST.get("mode", ""),
        action=request.POST.get("action", ""),
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=look.now,
    )
    return HttpResponseRedirect(look.href("outbox"), status=303)


@require_POST
def resume(request: PageRequest, slug: str) -> HttpResponse:
    look = look_of(request)
    pauses.end(action=request.GET.get("action", ""), by=request.actor, at=look.now)
    return HttpResponseRedirect(look.href("outbox"), status=303)


@require_POST
def probe(request: PageRequest, slug: str, connection_id: str) -> HttpResponse:
    """Ask a connection that does not answer again now, instead of at its next probe."""
    look = look_of(request)
    probes.ask_now(connection_id, by=request.actor, at=look.now)
    return HttpResponseRedirect(look.href("outbox"), status=303)


def _draw(
    request: PageRequest, entry: OutboxEntry, *, refusal: Refused | None = None, typed: str = ""
) -> HttpResponse:
    look = look_of(request)
    page = effect.effect_page(entry, request.actor, look, refusal=refusal, typed=typed)
    return draw(
        request,
        "console/outbox/effect.html",
        page,
        look,
        title=page.title,
        current="outbox",
        live=True,
        status=refusal.status if refusal else 200,
    )
