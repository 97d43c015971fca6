"""What every view does: the same look, the same frame, the same way to draw."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from console.builders import shell
from console.builders.look import Look
from console.requests import PageRequest
from runs import scope
from runs.access import Permission, can


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


def number(text: str, default: int = 0) -> int:
    """A small whole number of an address; anything else is the default."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
