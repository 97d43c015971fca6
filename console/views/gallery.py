"""The state gallery: every partial and screen with invented pictures. The visual test bed."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.gallery_samples import archive, call, frame, review, steps, tiles
from console.pictures.entry import Notice

_SCREENS: dict[str, tuple[str, str, Callable[[], object]]] = {
    "wall": ("live", "console/live/wall.html", tiles.wall),
    "wall-list": ("live", "console/live/wall.html", lambda: tiles.wall("list")),
    "live": ("live", "console/live/call.html", call.live),
    "approvals": ("approvals", "console/approvals/queue.html", review.page),
    "approvals-list": (
        "approvals",
        "console/approvals/queue.html",
        lambda: review.page(chosen=False),
    ),
    "approvals-undo": (
        "approvals",
        "console/approvals/queue.html",
        lambda: review.page(decided=True),
    ),
    "call": ("calls", "console/calls/detail.html", archive.call_page),
    "calls": ("calls", "console/calls/list.html", archive.calls),
    "run": ("runs", "console/runs/detail.html", steps.run),
    "run-step": ("runs", "console/runs/detail.html", lambda: steps.run(chosen=True)),
    "runs": ("runs", "console/runs/list.html", archive.runs),
    "outbox": ("outbox", "console/outbox/list.html", archive.outbox),
    "notice": (
        "",
        "console/notice.html",
        lambda: Notice(title="Deleted", text="Retention removed this on 20 Nov 2026."),
    ),
}

_ERRORS = {
    f"error-{name.replace('_', '-')}": f"{name}.html"
    for name in ("400", "403", "403_csrf", "404", "409", "413", "422", "429", "500")
}


@require_safe
def gallery(request: HttpRequest, name: str = "") -> HttpResponse:
    """`/dev/ui/` shows the states, `/dev/ui/<name>/` a whole screen. Demo and debug only."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    if not name:
        return render(request, "console/dev/gallery.html", _states())
    if name in _ERRORS:
        return render(request, _ERRORS[name], {"reference": "7q2k4f0a9c1e"})
    if name not in _SCREENS:
        raise Http404
    current, template, picture = _SCREENS[name]
    context = {"shell": frame.shell(current, name.capitalize()), "page": picture()}
    return render(request, template, context)


def _states() -> dict[str, object]:
    return {
        "shell": frame.shell("", "State gallery"),
        "screens": [*sorted(_SCREENS), *_ERRORS],
        "banners": frame.BANNERS,
        "empties": frame.EMPTIES,
        "pills": frame.PILLS,
        "states": frame.VOICE_STATES,
        "turns": call.TURN_STATES,
        "decisions": review.DECISIONS,
        "undos": review.UNDOS,
        "intake": call.intake(),
        "delivery": steps.delivery(),
    }
