"""The outbox: effects on their way out."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import outbox as gate
from approvals import resolutions
from console.builders import outbox
from console.requests import PageRequest
from console.views.pages import draw, look_of
from console.words.gate import VERBS
from runs.access import Permission, require
from runs.errors import NotFound


@require_safe
def outbox_list(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_OUTBOX)
    look = look_of(request)
    page = outbox.outbox_page(look, cursor=request.GET.get("after", ""))
    return draw(
        request,
        "console/outbox/list.html",
        page,
        look,
        title=_("Outbox"),
        current="outbox",
        live=True,
    )


@require_POST
def act(request: PageRequest, slug: str, entry_id: str, verb: str) -> HttpResponse:
    """What a person does with an effect that does not get on by itself."""
    require(request.actor, Permission.MANAGE_OUTBOX)
    if verb not in VERBS:
        raise NotFound("no_such_address")
    look = look_of(request)
    entry = gate.get(entry_id)
    changed = getattr(resolutions, VERBS[verb][0])(entry, by=request.actor, at=look.now)
    here = look.href("run", entry.run.public_id)
    return HttpResponseRedirect(f"{here}?step=effect-{changed.public_id}", status=303)
