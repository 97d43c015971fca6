"""Who works here and who may do what: for everybody who does."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.builders import members as builder
from console.requests import PageRequest
from console.views.pages import draw, look_of


@require_safe
def people(request: PageRequest, slug: str) -> HttpResponse:
    look = look_of(request)
    page = builder.page(request.actor, look)
    title = _("People and roles")
    return draw(request, "console/settings/people.html", page, look, title=title, current="people")
