"""The runs list and one run with its steps."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from console.builders import asked, context, replay, run_page, steps
from console.builders import runs as builder
from console.builders.look import Look
from console.requests import PageRequest
from console.views.pages import draw, look_of
from runs import audit
from runs.access import Permission, require
from runs.errors import NotFound
from runs.models import Run


@require_safe
def run_list(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_RUNS)
    look = look_of(request)
    wanted = asked.of(request.GET, states=builder.STATES, names=builder.NAMES)
    page = builder.run_list(wanted, request.actor, look)
    return draw(request, "console/runs/list.html", page, look, title=_("Runs"), current="runs")


@require_safe
def run_detail(request: PageRequest, slug: str, run_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_RUNS)
    look = look_of(request)
    run = _run(run_id)
    audit.record_view(run.public_id, by=request.actor, at=look.now, masked=look.masked)
    return _draw(request, run, look, step=request.GET.get("step", "")[:60])


@require_POST
def reveal(request: PageRequest, slug: str, run_id: str) -> HttpResponse:
    """The hidden values of one step, once, with a reason that the audit keeps. The address never shows them."""
    require(request.actor, Permission.SEE_NUMBERS)
    look = look_of(request)
    run = _run(run_id)
    step = request.POST.get("step", "")[:60]
    reason = " ".join(request.POST.get("reason", "").replace("\0", "").split())
    if not 0 < len(reason) <= steps.MOST_REASON:
        return _draw(
            request, run, look, step=step, reveal_error=_("Say why, in at most 200 letters.")
        )
    audit.record("revealed", run.public_id, by=request.actor, at=look.now, step=step, reason=reason)
    return _draw(request, run, look, step=step, revealed=reason)


@require_safe
def replay_page(request: PageRequest, slug: str, run_id: str, number: int = 0) -> HttpResponse:
    """A line of the run, and everything as it stood then; without a number the last one."""
    require(request.actor, Permission.SEE_RUNS)
    look = look_of(request)
    run = _run(run_id)
    if not number:
        return HttpResponseRedirect(look.href("replay", run.public_id, max(1, run.last_number)))
    audit.record_view(run.public_id, by=request.actor, at=look.now, masked=look.masked)
    page = replay.replay_page(run, context.of_run(run.id, look), number, look)
    title = _("Replay of %(title)s") % {"title": page.title}
    return draw(request, "console/runs/replay.html", page, look, title=title, current="runs")


def _run(run_id: str) -> Run:
    run = Run.objects.filter(public_id=run_id).select_related("release").first()
    if run is None:
        raise NotFound("run_not_found")
    return run


def _draw(
    request: PageRequest,
    run: Run,
    look: Look,
    *,
    step: str,
    revealed: str = "",
    reveal_error: str = "",
) -> HttpResponse:
    call = context.of_run(run.id, look)
    asked_for = steps.Unveiling(revealed, reveal_error)
    page = run_page.run_page(run, call, request.actor, look, step=step, unveiling=asked_for)
    return draw(
        request,
        "console/runs/detail.html",
        page,
        look,
        title=look.text(run.title),
        current="runs",
        live=not revealed,
        status=422 if reveal_error else 200,
    )
