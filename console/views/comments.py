"""Comments on a call: written, edited, deleted, resolved and reopened."""

import uuid
from collections.abc import Callable
from functools import partial

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from console.builders import context
from console.builders.comments import Wanted
from console.builders.context import Context
from console.requests import PageRequest
from console.views import calls
from console.views.pages import attempt, identity, look_of, no_such_verb
from console.words import refusals
from runs.access import Permission, require
from runs.errors import NotFound
from voice import comments

Verb = Callable[[PageRequest, Context], object]


@require_POST
def act(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """One verb. Refused, it is the page again with what was typed."""
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    found = context.of_call(call_id, look)
    if found is None:
        raise NotFound("call_not_found")
    verb = _VERBS.get(request.POST.get("verb", ""), no_such_verb)
    refusal = attempt(partial(verb, request, found))
    if refusal is not None:
        wanted = Wanted(
            anchor=request.POST.get("anchor", ""),
            comment=request.POST.get("comment", ""),
            text=request.POST.get("text", ""),
            error=refusals.refusal(refusal),
        )
        return calls.refused_comment(request, found, refusal, wanted)
    return HttpResponseRedirect(f"{look.href('call', call_id)}#comments", status=303)


def _write(request: PageRequest, found: Context) -> None:
    comments.write(
        found.call, anchor=request.POST.get("anchor", ""), text=request.POST.get("text", ""),
        by=request.actor, at=found.look.now,
    )  # fmt: skip


def _edit(request: PageRequest, found: Context) -> None:
    text = request.POST.get("text", "")
    comments.edit(found.call, _id(request), text=text, by=request.actor, at=found.look.now)


def _delete(request: PageRequest, found: Context) -> None:
    comments.delete(found.call, _id(request), by=request.actor, at=found.look.now)


def _resolve(request: PageRequest, found: Context) -> None:
    anchor = request.POST.get("anchor", "")
    comments.resolve(found.call, anchor=anchor, by=request.actor, at=found.look.now)


def _reopen(request: PageRequest, found: Context) -> None:
    anchor = request.POST.get("anchor", "")
    comments.reopen(found.call, anchor=anchor, by=request.actor, at=found.look.now)


def _id(request: PageRequest) -> uuid.UUID:
    found = identity(request.POST.get("comment", ""))
    if found is None:
        raise NotFound("no_such_comment")
    return found


_VERBS: dict[str, Verb] = {
    "write": _write,
    "edit": _edit,
    "delete": _delete,
    "resolve": _resolve,
    "reopen": _reopen,
}
