"""The wall and one live call."""

from dataclasses import replace
from typing import Literal

from django.http import HttpResponse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals import notices
from approvals.models.attention import NoticeKind
from console.builders import asked, context, holders, live, saved, transcript, wall
from console.builders.context import Context
from console.pictures.live import LiveCall
from console.requests import PageRequest
from console.views.pages import draw, look_of, number
from runs import audit
from runs.access import Permission, can, require
from runs.access import holders as roles_for
from runs.errors import NotFound


@require_safe
def wall_page(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    view: Literal["wall", "list"] = "list" if request.GET.get("view") == "list" else "wall"
    page = wall.wall(
        look,
        view=view,
        after=number(request.GET.get("after", "")),
        asked=wall.Asked.of(request.GET, request.actor),
        kept=saved.views("wall", asked.of(request.GET, **wall.ASKED), request.actor, look),
    )
    title = _("Live calls")
    return draw(
        request, "console/live/wall.html", page, look, title=title, current="live", live=True
    )


@require_safe
def call_page(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    before = number(request.GET.get("before", ""))
    found = context.of_call(call_id, look, newest=transcript.MOST_LINES, before=before)
    if found is None:
        raise NotFound("call_not_found")
    audit.record_view(found.call.public_id, by=request.actor, at=look.now, masked=look.masked)
    notices.mark_read(request.actor, at=look.now, run=found.run, kind=NoticeKind.ASSIGNED)
    return draw_call(request, found, live.live_call(found))


def draw_call(
    request: PageRequest, found: Context, page: LiveCall, *, status: int = 200
) -> HttpResponse:
    """The page with what this person may do; what was typed and refused stands in it again."""
    actor = request.actor
    bar = replace(
        page.bar,
        can_end=found.live and can(actor, Permission.END_CALL),
        can_whisper=found.live and can(actor, Permission.WHISPER),
        whisper_key=get_random_string(16),
        whisper_typed=request.POST.get("text", "") if status >= 400 else "",
        off_reason=""
        if can(actor, Permission.WHISPER) or not found.live
        else holders.needs(found.look, roles_for(Permission.WHISPER)),
    )
    return draw(
        request,
        "console/live/call.html",
        replace(page, bar=bar),
        found.look,
        title=found.caller,
        current="live",
        live=True,
        status=status,
    )
