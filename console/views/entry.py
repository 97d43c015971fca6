"""Ways in: the first page of a role, a workspace's own address, handles, health, errors."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.builders import moments
from console.requests import PageRequest
from console.words import refusals
from runs import handles, people, scope
from runs.access import Permission, can
from runs.api import problems
from runs.errors import NotAllowed, Refused
from runs.models import Evidence, Membership, User
from runs.people import Actor
from voice.models import Call

_NAMES = {"RUN": "run", "CALL": "call", "PRO": "proposal", "OBX": "effect"}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def broken(request: HttpRequest) -> HttpResponse:
    """The page of an error on our side; the log has the same reference."""
    reference = getattr(request, "reference", "")
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the first page of the person's role in the first workspace."""
    user = request.user
    if not isinstance(user, User):
        return redirect("account_login")
    member = (
        Membership.objects.filter(user=user)
        .select_related("workspace")
        .order_by("workspace__slug")
        .first()
    )
    if member is None:
        refusal = NotAllowed("no_workspace")
        context = {"words": refusals.refusal(refusal)}
        return render(request, "403.html", context, status=403)
    actor = people.person(user, member.workspace_id)
    return HttpResponseRedirect(first_page(member.workspace.slug, actor))


@require_safe
def workspace(request: PageRequest, slug: str) -> HttpResponse:
    return HttpResponseRedirect(first_page(slug, request.actor))


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_large = isinstance(exception, RequestDataTooBig)
    status = 413 if too_large else 400
    if request.path_info.startswith("/api/"):
        return problems.plain(request, status, "body_too_large" if too_large else "bad_request")
    return render(request, f"{status}.html", status=status)


def first_page(slug: str, actor: Actor | None) -> str:
    """Leads decide, operators watch, all others read."""
    if actor is not None and can(actor, Permission.DECIDE_PROPOSAL):
        return reverse("approvals", args=[slug])
    if actor is not None and "operator" in actor.roles:
        return reverse("wall", args=[slug])
    return reverse("calls", args=[slug])


@require_safe
def handle(request: HttpRequest, text: str) -> HttpResponse:
    """From a handle that another system stored to the page of what it names."""
    user = request.user
    if not isinstance(user, User):
        return redirect(f"{reverse('account_login')}?next={request.path}")
    try:
        found = handles.parse(handles.unfold(text))
    except Refused as refusal:
        raise Http404 from refusal
    member = Membership.objects.filter(user=user, workspace__slug=found.slug).first()
    if member is None:
        raise Http404
    if found.prefix in _NAMES:
        return redirect(_NAMES[found.prefix], found.slug, found.public_id)
    with scope.workspace(member.workspace_id):
        return HttpResponseRedirect(_evidence(found.slug, found.public_id))


def _evidence(slug: str, public_id: str) -> str:
    found = Evidence.objects.filter(public_id=public_id).select_related("run").first()
    if found is None:
        raise Http404
    call = Call.objects.filter(run=found.run).first()
    if call is None:
        return reverse("run", args=[slug, found.run.public_id])
    page = reverse("call", args=[slug, call.public_id])
    return f"{page}#turn-{moments.key(found.turn_id)}" if found.turn_id else page
