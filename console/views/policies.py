"""The rules: read by who sees proposals, changed by admins, who first see what a change would have done."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals import dry_look
from console.builders import policies as builder
from console.builders.look import Look
from console.builders.policies import DAYS, Draft
from console.pictures.pieces import Banner
from console.requests import PageRequest
from console.views.pages import draw, look_of, number
from runs import policy_text, releases, satisfiable
from runs.access import Permission, require
from runs.errors import Conflict, Invalid, NotFound, Refused
from runs.models import Workflow

MAX_TEXT = 64 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: PageRequest, slug: str) -> HttpResponse:
    """POST with `verb` look: what the text would have done; publish: the text that was looked at."""
    require(request.actor, Permission.SEE_PROPOSALS)
    look = look_of(request)
    every = list(
        Workflow.objects.filter(current__isnull=False).select_related("current").order_by("name")
    )
    wanted = request.GET.get("workflow", "")
    workflow = next((one for one in every if one.name == wanted or not wanted), None)
    if workflow is None:
        raise NotFound("workflow_not_found")
    if request.method != "POST":
        banner = _published() if "published" in request.GET else None
        return _draw(request, workflow, every, look, banner=banner)
    require(request.actor, Permission.MANAGE_SETTINGS)
    return _change(request, workflow, every, look)


def _change(
    request: PageRequest, workflow: Workflow, every: list[Workflow], look: Look
) -> HttpResponse:
    text = str(request.POST.get("text", "")).replace("\r\n", "\n")
    # A browser leaves out a line break at the beginning of a text.
    text = text.lstrip("\n")[: MAX_TEXT + 1]
    days = number(request.POST.get("days", ""), 7)
    draft = Draft(text, days if days in DAYS else 7)
    base = number(request.POST.get("base", ""))
    try:
        assert workflow.current is not None
        policy = policy_text.read(text)
        content = releases.content_of(workflow.current).model_copy(update={"policy": policy})
        if request.POST.get("verb") == "publish":
            if request.POST.get("seen", "") != builder.seen(text, base):
                raise Invalid("not_looked_at")
            with transaction.atomic():
                releases.publish(
                    workflow, content=content, base=base, by=request.actor, at=look.now
                )
            return redirect(f"{request.path}?workflow={workflow.name}&published=1")
        if base != workflow.current.number:
            raise Conflict("newer_release", number=workflow.current.number)
        releases.check(content, workflow, by=request.actor)
    except Refused as refusal:
        wrong = Draft(draft.text, draft.days, builder.refused(refusal))
        return _draw(request, workflow, every, look, draft=wrong, status=refusal.status)
    found = dry_look.look(workflow, policy, since=look.now - timedelta(days=draft.days))
    lonely = satisfiable.lonely(policy, workflow.workspace_id)
    looked = Draft(text, draft.days, look=found, lonely=lonely)
    return _draw(request, workflow, every, look, draft=looked)


def _draw(
    request: PageRequest,
    workflow: Workflow,
    every: list[Workflow],
    look: Look,
    *,
    draft: Draft | None = None,
    banner: Banner | None = None,
    status: int = 200,
) -> HttpResponse:
    page = builder.page(workflow, every, request.actor, look, draft=draft, banner=banner)
    return draw(
        request, "console/policies/rules.html", page, look, title=_("Rules"), current="rules",
        status=status,
    )  # fmt: skip


def _published() -> Banner:
    text = _(
        "What waits for a decision and is judged otherwise now is shown anew, to be decided anew."
    )
    return Banner(tone="ok", icon="circle-check", title=_("Published."), text=text)
