"""The search page; the command menu of the browser asks it for its list alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.builders import search as builder
from console.builders import shell
from console.requests import PageRequest
from console.views.pages import look_of


@require_safe
def page(request: PageRequest, slug: str) -> HttpResponse:
    look = look_of(request)
    frame = shell.shell(look, request.user, request.actor, title=_("Search"), current="search")
    found = builder.page(request.GET.get("q", ""), frame, request.actor, look)
    if "menu" in request.GET:
        return render(request, "console/_found.html", {"found": found})
    return render(request, "console/search.html", {"shell": frame, "page": found})
