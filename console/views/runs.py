"""The runs list and one run with its steps."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.builders import context, run_page
from console.builders import runs as builder
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
    state = request.GET.get("state", "all")
    page = builder.run_list(
        look,
        state=state if state in builder.FILTERS else "all",
        cursor=request.GET.get("after", ""),
    )
    return draw(request, "console/runs/list.html", page, look, title=_("Runs"), current="runs")


@require_safe
def run_detail(request: PageRequest, slug: str, run_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_RUNS)
    look = look_of(request)
    run = Run.objects.filter(public_id=run_id).select_related("release").first()
    if run is None:
        raise NotFound("run_not_found")
    audit.record_view(run.public_id, by=request.actor, at=look.now)
    call = context.of_run(run.id, look)
    page = run_page.run_page(run, call, request.actor, look, step=request.GET.get("step", "")[:60])
    return draw(
        request,
        "console/runs/detail.html",
        page,
        look,
        title=look.text(run.title),
        current="runs",
        live=True,
    )
