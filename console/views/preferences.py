"""How the console looks and behaves for one person."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.builders import preferences as builder
from console.requests import PageRequest
from console.views.pages import draw, look_of
from runs import preferences
from runs.access import Permission, can
from runs.errors import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PageRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _save(request, slug)
    return _draw(request, saved="saved" in request.GET)


def _save(request: PageRequest, slug: str) -> HttpResponse:
    sent = {name: str(value) for name, value in request.POST.items()}
    language, zone = sent.get("language", ""), sent.get("zone", "").strip()
    try:
        if language not in dict(settings.LANGUAGES):
            raise Invalid("unknown_choice", field="language")
        preferences.save(
            request.user,
            sent,
            language=language,
            zone=zone,
            by=request.actor,
            at=look_of(request).now,
        )
    except Invalid as refusal:
        return _draw(request, sent=sent, wrong=str(refusal.details.get("field", "")), status=422)
    return redirect(f"{request.path}?saved=1")


def _draw(
    request: PageRequest,
    *,
    sent: dict[str, str] | None = None,
    wrong: str = "",
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    look = look_of(request)
    page = builder.page(
        request.user,
        look,
        sent=sent,
        wrong=wrong,
        saved=saved,
        rules=can(request.actor, Permission.SEE_PROPOSALS),
    )
    return draw(
        request,
        "console/preferences.html",
        page,
        look,
        title=_("Preferences"),
        current="preferences",
        status=status,
    )
