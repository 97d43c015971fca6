"""Connections and their secrets: listed, rotated, tested. No answer holds a secret, whatever was sent."""

import uuid
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from console.builders import connections as builder
from console.builders.look import Look
from console.pictures.connections import ConnectionsPage
from console.pictures.pieces import Banner
from console.requests import PageRequest
from console.views.pages import draw, identity, look_of, number, refusal_banner
from console.words import refusals
from runs.access import Permission, require
from runs.errors import NotFound, Refused
from voice import probing, rotation

Verb = Callable[[PageRequest, uuid.UUID, Look], HttpResponse]


@require_safe
def connection_list(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.MANAGE_SETTINGS)
    look = look_of(request)
    saved = (
        Banner(tone="ok", icon="circle-check", title=_("Saved."))
        if "saved" in request.GET
        else None
    )
    return _draw(request, look, builder.page(look, banner=saved))


@sensitive_post_parameters("secret")
@require_POST
def act(request: PageRequest, slug: str, connection_id: str, verb: str) -> HttpResponse:
    require(request.actor, Permission.MANAGE_SETTINGS)
    look = look_of(request)
    run = _VERBS.get(verb)
    if run is None:
        raise NotFound("no_such_address")
    key = identity(connection_id)
    if key is None:
        raise NotFound("no_such_connection")
    rotation.get(key)
    return run(request, key, look)


def _rotate(request: PageRequest, key: uuid.UUID, look: Look) -> HttpResponse:
    column = request.POST.get("column", "")
    try:
        with transaction.atomic():
            rotation.rotate(
                key,
                column=column,
                secret=request.POST.get("secret", ""),
                overlap=number(request.POST.get("overlap", "0"), -1),
                shown=builder.read_moment(request.POST.get("shown", "")),
                by=request.actor,
                at=look.now,
            )
    except Refused as refusal:
        wrong = str(key), column, refusals.refusal(refusal)
        page = builder.page(look, banner=refusal_banner(refusal), wrong=wrong)
        return _draw(request, look, page, status=refusal.status)
    return _back(look, key)


def _end_overlap(request: PageRequest, key: uuid.UUID, look: Look) -> HttpResponse:
    with transaction.atomic():
        rotation.end_overlap(key, by=request.actor, at=look.now)
    return _back(look, key)


def _test(request: PageRequest, key: uuid.UUID, look: Look) -> HttpResponse:
    """The answer is the page itself: what a test has shown is true for this moment."""
    found = probing.probe(key, by=request.actor, at=look.now)
    return _draw(request, look, builder.page(look, tested=str(key), probe=found))


_VERBS: dict[str, Verb] = {"rotate": _rotate, "end-overlap": _end_overlap, "test": _test}


def _back(look: Look, key: uuid.UUID) -> HttpResponse:
    where = f"{look.href('connections')}?saved=1#connection-{key}"
    return HttpResponseRedirect(where, status=303)


def _draw(
    request: PageRequest, look: Look, page: ConnectionsPage, *, status: int = 200
) -> HttpResponse:
    return draw(
        request,
        "console/connections/list.html",
        page,
        look,
        title=_("Connections"),
        current="connections",
        status=status,
    )
