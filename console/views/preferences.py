"""How the console looks and behaves for one person."""

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import standins
from console.builders import preferences as builder
from console.builders import standins as away_builder
from console.requests import PageRequest
from console.views.pages import draw, identity, look_of
from console.words import refusals
from runs import preferences
from runs.access import Permission, require
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


@require_POST
def away(request: PageRequest, slug: str) -> HttpResponse:
    """Away until a moment, with somebody who stands in; or back."""
    require(request.actor, Permission.SEE_PROPOSALS)
    at, sent = look_of(request).now, {name: str(one) for name, one in request.POST.items()}
    try:
        if sent.get("verb") == "back":
            standins.come_back(by=request.actor, at=at)
        else:
            to = identity(sent.get("to", ""))
            until = _moment(sent.get("until", ""))
            if to is None:
                raise Invalid("cannot_stand_in")
            standins.go_away(until=until, to=to, by=request.actor, at=at)
    except Invalid as refusal:
        return _draw(request, away=sent, away_error=refusals.refusal(refusal), status=422)
    return redirect(f"{look_of(request).href('preferences')}?saved=1")


def _moment(text: str) -> datetime:
    """As the field of the form sends it, in the zone of the person."""
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise Invalid("bad_absence", limit=standins.LONGEST.days) from error


def _draw(
    request: PageRequest,
    *,
    sent: dict[str, str] | None = None,
    wrong: str = "",
    saved: bool = False,
    away: dict[str, str] | None = None,
    away_error: str = "",
    status: int = 200,
) -> HttpResponse:
    look = look_of(request)
    page = builder.page(
        request.user,
        look,
        sent=sent,
        wrong=wrong,
        saved=saved,
        away=away_builder.card(request.actor, look, sent=away, error=away_error),
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
