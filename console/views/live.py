"""The wall, one live call, and the one verb that the line can do: to end it."""

from dataclasses import replace
from typing import Literal

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from console.builders import context, live, wall
from console.requests import PageRequest
from console.views.pages import draw, look_of, number
from runs import audit
from runs.access import Permission, can, require
from runs.errors import NotFound
from voice import commands


@require_safe
def wall_page(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    view: Literal["wall", "list"] = "list" if request.GET.get("view") == "list" else "wall"
    page = wall.wall(look, view=view, after=number(request.GET.get("after", "")))
    title = _("Live calls")
    return draw(
        request, "console/live/wall.html", page, look, title=title, current="live", live=True
    )


@require_safe
def call_page(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    found = context.of_call(call_id, look)
    if found is None:
        raise NotFound("call_not_found")
    audit.record_view(found.call.public_id, by=request.actor, at=look.now)
    page = live.live_call(found, earlier=request.GET.get("all") == "1")
    if found.live and can(request.actor, Permission.END_CALL):
        page = replace(page, bar=replace(page.bar, can_end=True))
    return draw(
        request,
        "console/live/call.html",
        page,
        look,
        title=found.caller,
        current="live",
        live=True,
    )


@require_POST
def end_call(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """Ask the owner of the call to close the line. Asked twice, it is the same command."""
    require(request.actor, Permission.END_CALL)
    look = look_of(request)
    found = context.of_call(call_id, look)
    if found is None:
        raise NotFound("call_not_found")
    call = found.call
    commands.give(call, commands.END, key=f"end:{call.public_id}", by=request.actor, at=look.now)
    return HttpResponseRedirect(look.href("live-call", call.public_id), status=303)
