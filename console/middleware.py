"""What every request passes through: a reference, the workspace of the address, words for refusals."""

import logging
import re
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone, translation

from console.builders import holders
from console.builders.look import Look, zone_of
from console.pictures import times
from console.requests import PageRequest
from console.words import refusals
from runs import people, preferences, scope
from runs.api import problems
from runs.errors import Refused
from runs.ids import uuid7
from runs.models import User, Workspace
from runs.people import Actor

logger = logging.getLogger(__name__)

# Whatever stands there: no view below /w/ is ever reached without a scope.
_WORKSPACE = re.compile(r"^/w/(?P<slug>[^/]*)")
_TEMPLATES = {403: "403.html", 404: "404.html", 409: "409.html", 422: "422.html"}
Handler = Callable[[HttpRequest], HttpResponse]


class Compressed(GZipMiddleware):
    """Pages by gzip, of a random length; what is streamed goes out as it comes."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.streaming:
            return response
        return super().process_response(request, response)


class RequestScope:
    """Views below /w/<slug>/ run in the scope of that workspace, in one transaction, as a member of it.

    Django turns a view's exception into a response before this sees it: `process_exception` notes it,
    so that a refusal or an error never commits what was written before it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = cast(PageRequest, request)
        page.reference = uuid7().hex[-12:]
        page.failed = False
        response = self._answer(page)
        response["X-Request-ID"] = page.reference
        return response

    def _answer(self, request: PageRequest) -> HttpResponse:
        if "\0" in request.path_info:
            # No id has one, and the database cannot even be asked for it.
            return no_such_address(request)
        found = _WORKSPACE.match(request.path_info)
        return self._scoped(request, found["slug"]) if found else self.get_response(request)

    def _scoped(self, request: PageRequest, slug: str) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return _sign_in(request)
        workspace = Workspace.objects.filter(slug=slug[:80].replace("\0", "")).first()
        actor = _member(request, user, workspace)
        if workspace is None or actor is None:
            # Whether it exists is not said to who is no member.
            raise Http404
        request.workspace, request.actor = workspace, actor
        try:
            zone = zoneinfo.ZoneInfo(zone_of(user, workspace))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = zoneinfo.ZoneInfo("UTC")
        with _for(user, zone), scope.workspace(workspace.id):
            response = self.get_response(request)
            if request.failed or response.status_code >= 500:
                connection.set_rollback(True)
        # Pages name people and what they said: no cache keeps them.
        response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        page = cast(PageRequest, request)
        page.failed = True
        if isinstance(error, Refused):
            return refused(request, error)
        if not isinstance(error, Http404 | PermissionDenied):
            logger.error("%s %s failed, reference %s", request.method, request.path, page.reference)
        return None


@contextmanager
def _for(user: User, zone: zoneinfo.ZoneInfo) -> Iterator[None]:
    """Zone, clock and language of the person, while their page is made."""
    language = user.locale if user.locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with (
        timezone.override(zone),
        translation.override(language),
        times.hours(preferences.of(user).hours),
    ):
        yield


def no_such_address(request: HttpRequest) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problems.not_found(request)
    return render(request, "404.html", status=404)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A refusal as a page of its own; the browser's script shows its words where it asked for a part."""
    context = {
        "words": refusals.refusal(error),
        "reference": getattr(request, "reference", ""),
    }
    page = cast(PageRequest, request)
    if error.code == "needs_role" and hasattr(request, "workspace"):
        look = Look(workspace=page.workspace, now=timezone.now())
        context["words"] = holders.refusal(error, look)
        context["grant"] = holders.grant(look, page.actor)
    return render(request, _TEMPLATES.get(error.status, "409.html"), context, status=error.status)


def _member(request: PageRequest, user: User, workspace: Workspace | None) -> Actor | None:
    if workspace is None:
        return None
    return people.person(
        user,
        workspace.id,
        address=request.META.get("REMOTE_ADDR", "") or "",
        device=request.headers.get("User-Agent", ""),
        request_id=request.reference,
    )


def _sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        # A part of a page cannot show the sign-in: the browser goes there as a whole.
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    if request.method not in ("GET", "HEAD"):
        return redirect_to_login("/")
    return redirect_to_login(request.get_full_path())
