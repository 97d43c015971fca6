"""Views of lists: keep one, take one away."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from console.requests import PageRequest
from console.views.pages import identity, look_of
from runs import saved_views
from runs.access import Permission, require
from runs.errors import NotFound

# Whoever sees a list may keep views of it.
_SEES = {
    "wall": Permission.SEE_CALLS,
    "calls": Permission.SEE_CALLS,
    "runs": Permission.SEE_RUNS,
    "outbox": Permission.SEE_OUTBOX,
}


@require_POST
def save(request: PageRequest, slug: str, screen: str) -> HttpResponse:
    look = look_of(request)
    _may(request, screen)
    view = saved_views.save(
        screen,
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        shared=request.POST.get("shared") == "1",
        by=request.actor,
        at=look.now,
    )
    here = look.href(screen)
    return HttpResponseRedirect(f"{here}?{view.query}" if view.query else here, status=303)


@require_POST
def remove(request: PageRequest, slug: str, screen: str, view_id: str) -> HttpResponse:
    look = look_of(request)
    _may(request, screen)
    found = identity(view_id)
    if found is None:
        raise NotFound("no_such_view")
    saved_views.remove(found, by=request.actor, at=look.now)
    return HttpResponseRedirect(look.href(screen), status=303)


def _may(request: PageRequest, screen: str) -> None:
    if screen not in _SEES:
        raise NotFound("no_such_screen")
    require(request.actor, _SEES[screen])
