"""The queue of promises, and what a person does with one. A refusal comes with the fresh page."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from console.builders import asked, promise_list, promise_rows
from console.builders.look import Look
from console.requests import PageRequest
from console.views.pages import attempt, draw, look_of, refusal_banner
from runs.access import Permission, require
from runs.errors import NotFound, Refused
from runs.models import Promise
from voice import promise_followups, promises
from voice.models import Call


@require_safe
def promise_page(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    return _draw(request)


@require_POST
def act(request: PageRequest, slug: str, promise_id: str, verb: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    promises.get(promise_id)
    known = _VERBS.get(verb)
    if known is None:
        raise NotFound("no_such_address")
    refusal = attempt(partial(known, request, promise_id, look))
    if refusal is not None:
        return _draw(request, refusal=refusal)
    return HttpResponseRedirect(_back(request, promises.get(promise_id), verb, look), status=303)


def _done(request: PageRequest, promise_id: str, look: Look) -> None:
    note = request.POST.get("note", "")
    promises.mark_done(promise_id, note=note, by=request.actor, at=look.now)


def _withdraw(request: PageRequest, promise_id: str, look: Look) -> None:
    code, note = request.POST.get("code", ""), request.POST.get("note", "")
    promises.withdraw(promise_id, code=code, note=note, by=request.actor, at=look.now)


def _reopen(request: PageRequest, promise_id: str, look: Look) -> None:
    promises.reopen(promise_id, by=request.actor, at=look.now)


def _take(request: PageRequest, promise_id: str, look: Look) -> None:
    promises.take(promise_id, by=request.actor, at=look.now)


def _let_go(request: PageRequest, promise_id: str, look: Look) -> None:
    promises.let_go(promise_id, by=request.actor, at=look.now)


def _propose(request: PageRequest, promise_id: str, look: Look) -> None:
    promise_followups.propose(promise_id, by=request.actor, at=look.now)


_VERBS: dict[str, Callable[[PageRequest, str, Look], None]] = {
    "done": _done,
    "withdraw": _withdraw,
    "reopen": _reopen,
    "take": _take,
    "let-go": _let_go,
    "propose": _propose,
}


def _back(request: PageRequest, promise: Promise, verb: str, look: Look) -> str:
    """To the page that the person came from: only what it asks for is taken from the request."""
    if request.POST.get("page") == "call":
        call = Call.objects.filter(run_id=promise.run_id).first()
        if call is not None:
            here = look.href("call", call.public_id)
            return f"{here}?tab=promised#promise-{promise.id.hex}"
    query = _wanted(request.POST.get("query", "")).query
    if verb in ("done", "withdraw"):
        return look.href("promises") + promise_rows.settled_query(query, promise.id)
    return look.href("promises") + (f"?{query}" if query else "")


def _wanted(query: str) -> asked.Asked:
    return asked.of(QueryDict(query), states=promise_list.STATES, names=promise_list.NAMES)


def _draw(request: PageRequest, *, refusal: Refused | None = None) -> HttpResponse:
    look = look_of(request)
    query = request.GET.urlencode() if refusal is None else request.POST.get("query", "")
    did = request.GET.get("did", "")
    page = promise_list.promise_list(_wanted(query), request.actor, look, did=did)
    if refusal is not None:
        page = replace(page, banner=refusal_banner(refusal))
    return draw(
        request,
        "console/promises/list.html",
        page,
        look,
        title=_("Promises"),
        current="promises",
        socket=True,
        status=refusal.status if refusal else 200,
    )
