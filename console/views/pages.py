"""What every view does: the same look, the same frame, the same way to draw."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from console.builders import shell
from console.builders.look import Look
from console.pictures.pieces import Banner, Link
from console.requests import PageRequest
from console.words import refusals
from runs import scope
from runs.access import Permission, can
from runs.errors import Invalid, NotFound, Refused


def look_of(request: PageRequest) -> Look:
    """Reads the clock, once a request."""
    return Look(
        workspace=request.workspace,
        now=scope.now(),
        masked=not can(request.actor, Permission.SEE_NUMBERS),
        edits=can(request.actor, Permission.EDIT_FIELDS),
        minds=can(request.actor, Permission.FLAG_CALL),
        whispers=can(request.actor, Permission.WHISPER),
    )


def draw(
    request: PageRequest,
    template: str,
    page: Any,
    look: Look,
    *,
    title: str,
    current: str,
    live: bool = False,
    socket: bool = False,
    status: int = 200,
) -> HttpResponse:
    frame = shell.shell(
        look, request.user, request.actor, title=title, current=current, live=live, socket=socket
    )
    return render(request, template, {"shell": frame, "page": page}, status=status)


def attempt(change: Callable[[], object]) -> Refused | None:
    """Do it in a transaction of its own. What was refused is given back; what is not there is no page."""
    try:
        with transaction.atomic():
            change()
    except NotFound:
        raise
    except Refused as refusal:
        return refusal
    return None


def no_such_verb(*given: object) -> None:
    raise Invalid("bad_form")


def refusal_banner(refusal: Refused, *links: Link) -> Banner:
    """What was not done, and why."""
    return Banner(
        tone="bad",
        icon="circle-x",
        title=refusals.title(refusal.status) + ".",
        text=refusals.refusal(refusal),
        links=links,
    )


def identity(text: str) -> uuid.UUID | None:
    """The id that an address or a form names; None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def number(text: str, default: int = 0) -> int:
    """A small whole number of an address; anything else is the default."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
