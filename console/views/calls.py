"""The calls list, the page of one call, and its summary in versions."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import notices
from console.builders import asked, call_tabs, calls, comments, context
from console.builders import call_page as page_of_call
from console.builders.context import Context
from console.builders.look import Look
from console.forms import summaries as forms
from console.pictures.pieces import Banner, Link
from console.requests import PageRequest
from console.views.pages import attempt, draw, look_of, number, refusal_banner
from console.words import refusals
from runs import audit, summaries, summary_drafts
from runs.access import Permission, require
from runs.errors import NotFound, Refused


@require_safe
def call_list(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    wanted = asked.of(request.GET, states=calls.STATES, names=calls.NAMES)
    page = calls.call_list(wanted, request.actor, look)
    return draw(request, "console/calls/list.html", page, look, title=_("Calls"), current="calls")


@require_safe
def call_page(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_CALLS)
    look = look_of(request)
    found = _call(call_id, look)
    audit.record_view(found.call.public_id, by=request.actor, at=look.now, masked=look.masked)
    notices.mark_read(request.actor, at=look.now, run=found.run)
    version = number(request.GET.get("v", "")) or None
    return _draw(request, found, version=version, editing=request.GET.get("edit", ""))


@require_POST
def edit_summary(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    """One section's new text, on top of the version that the person read."""
    look = look_of(request)
    found = _call(call_id, look)
    require(request.actor, Permission.EDIT_SUMMARY)
    form = forms.SectionForm(request.POST)
    try:
        with transaction.atomic():
            newest = summaries.latest(found.run)
            if newest is None:
                raise NotFound("no_summary")
            base, sections = form.read(newest, by=request.actor)
            if sections is not None:
                if summaries.untouched(found.run, form.key, base, newest):
                    base = newest.version  # somebody changed other sections: both changes stand
                summaries.edit(
                    found.run,
                    base_version=base,
                    sections=sections,
                    by=request.actor,
                    at=look.now,
                    reopen=request.POST.get("reopen") == "1",
                )
            summary_drafts.let_go(found.run, section=form.key, by=request.actor)
    except NotFound:
        raise
    except Refused as refusal:
        return refused(request, found, refusal, form)
    # Who works with the keyboard goes on at the section, not at the top of the page.
    return HttpResponseRedirect(f"{look.href('call', call_id)}#section-{form.key}", status=303)


@require_POST
def approve_summary(request: PageRequest, slug: str, call_id: str) -> HttpResponse:
    look = look_of(request)
    found = _call(call_id, look)
    version = number(request.POST.get("base_version", ""))
    refusal = attempt(
        lambda: summaries.approve(found.run, version=version, by=request.actor, at=look.now)
    )
    if refusal is not None:
        return refused(request, found, refusal, None)
    return HttpResponseRedirect(look.href("call", call_id), status=303)


def _call(call_id: str, look: Look) -> Context:
    found = context.of_call(call_id, look)
    if found is None:
        raise NotFound("call_not_found")
    return found


def _draw(
    request: PageRequest,
    found: Context,
    *,
    version: int | None = None,
    editing: str = "",
    status: int = 200,
    banner: Banner | None = None,
    form: forms.SectionForm | None = None,
    errors: tuple[str, ...] = (),
    wanted: comments.Wanted | None = None,
) -> HttpResponse:
    page = page_of_call.call_page(
        found,
        request.actor,
        version=version,
        editing=form.key if form else editing,
        earlier=request.GET.get("all") == "1",
        banner=banner,
        typed=form.typed if form else None,
        errors=errors,
        asked=_asked(request, status, wanted),
    )
    return draw(
        request,
        "console/calls/detail.html",
        page,
        found.look,
        title=found.caller,
        current="calls",
        status=status,
        socket=True,
    )


def _asked(request: PageRequest, status: int, wanted: comments.Wanted | None) -> page_of_call.Asked:
    query = request.GET
    asks = comments.Wanted(anchor=query.get("about", ""), comment=query.get("comment", ""))
    tab = query.get("tab", "")
    return page_of_call.Asked(
        tab=tab if tab in call_tabs.TABS else "summary",
        compare=number(query.get("compare", "")),
        reopen="1" in (query.get("reopen"), request.POST.get("reopen")),
        after=query.get("after", ""),
        words=request.POST.get("words", "") if status >= 400 else "",
        comment=wanted or asks,
    )


def refused_comment(
    request: PageRequest, found: Context, refusal: Refused, wanted: comments.Wanted
) -> HttpResponse:
    """The fresh page with what was typed beside the reason."""
    banner = refusal_banner(refusal)
    return _draw(request, found, status=refusal.status, banner=banner, wanted=wanted)


def refused(
    request: PageRequest, found: Context, refusal: Refused, form: forms.SectionForm | None
) -> HttpResponse:
    """The fresh page with what was typed, and a banner that says what happened."""
    here = found.look.href("call", found.call.public_id)
    newest = (Link(text=_("Open the newest"), href=here),) if refusal.status == 409 else ()
    banner = refusal_banner(refusal, *newest)
    errors = (refusals.refusal(refusal),) if refusal.status == 422 else ()
    return _draw(request, found, status=refusal.status, banner=banner, form=form, errors=errors)
