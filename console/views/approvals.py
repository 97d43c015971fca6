"""The approvals queue, one proposal under review, and the decisions about it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import attention, notices, proposals, samples
from approvals.models import OutboxEntry, Proposal
from console.builders import holders, place, queue, review, states, undoing
from console.builders.attempts import NO_ATTEMPT, Attempt
from console.builders.look import Look
from console.forms.decisions import DecisionForm
from console.pictures.approvals import ApprovalsPage
from console.pictures.attention import Bulk
from console.pictures.pieces import Banner, Link, Topic
from console.requests import PageRequest
from console.views.pages import draw, look_of, number
from console.words import refusals
from runs import audit
from runs.access import Permission, require
from runs.errors import Invalid, NotAllowed, NotFound, Refused
from runs.live.feeds import stamp


@require_safe
def approvals(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_PROPOSALS)
    return show(request, look_of(request), None)


@require_safe
def proposal(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_PROPOSALS)
    look = look_of(request)
    found = proposals.get(proposal_id)
    audit.record_view(found.public_id, by=request.actor, at=look.now, masked=look.masked)
    notices.mark_read(request.actor, at=look.now, proposal=found)
    attention.extend(found, by=request.actor, at=look.now)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        # What a browser loads ahead nobody has seen.
        samples.opened(found, by=request.actor, at=look.now)
    attempt = Attempt(
        reject_open=request.GET.get("reject") == "1", edit_open=request.GET.get("edit") == "1"
    )
    changed = states.changed(found, number(request.GET.get("seen", "")))
    return show(request, look, found, banner=_changed(changed), attempt=attempt)


@require_POST
def decide(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """Approve or reject exactly what the digest names."""
    look = look_of(request)
    form = DecisionForm(request.POST)
    return act(
        request,
        look,
        proposal_id,
        lambda: form.apply(proposal_id, by=request.actor, at=look.now),
        then=lambda found: place.following(place.of(request.GET), found, look),
        form=form,
    )


@require_POST
def undo(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    look = look_of(request)
    return act(
        request,
        look,
        proposal_id,
        lambda: proposals.undo(proposal_id, by=request.actor, at=look.now),
        then=lambda found: place.of(request.GET).href(look, found.public_id),
    )


@require_POST
def hold(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """Stop the clock of what was approved, or let it run again."""
    look = look_of(request)

    def change() -> object:
        found = proposals.get(proposal_id)
        held = OutboxEntry.objects.filter(proposal=found, state="pending", held=True).exists()
        verb = proposals.release if held else proposals.hold
        return verb(found, by=request.actor, at=look.now)

    return act(request, look, proposal_id, change, then=lambda found: _back(request, look, found))


def act(
    request: PageRequest,
    look: Look,
    proposal_id: str,
    change: Callable[[], object],
    *,
    then: Callable[[Proposal], str],
    form: DecisionForm | None = None,
    attempt: Callable[[Refused], Attempt] | None = None,
) -> HttpResponse:
    """Do it and go on; a refusal shows the fresh pane with a banner and what was written, and nothing else
    of it is kept."""
    try:
        with transaction.atomic():
            change()
    except NotFound:
        raise
    except Refused as refusal:
        found = proposals.get(proposal_id)
        if isinstance(refusal, NotAllowed):
            audit.record(
                "proposal.refused", found.public_id, by=request.actor, at=look.now,
                verb=request.path.rstrip("/").rpartition("/")[2][:20], code=refusal.code,
            )  # fmt: skip
        return show(
            request,
            look,
            found,
            banner=_banner(request, refusal, found, look),
            attempt=attempt(refusal) if attempt else _attempt(refusal, form),
            status=refusal.status,
        )
    return HttpResponseRedirect(then(proposals.get(proposal_id)), status=303)


def _attempt(refusal: Refused, form: DecisionForm | None) -> Attempt:
    if refusal.status != 422:
        return NO_ATTEMPT
    words = refusals.refusal(refusal)
    if form is None:
        return Attempt(errors=(words,))
    about_note = refusal.code in ("note_required", "note_too_long")
    return Attempt(
        errors=() if about_note else (words,),
        note_error=words if about_note else "",
        reason_code=form.reason,
        note=form.note,
        reject_open=form.verb == "reject",
    )


def show(
    request: PageRequest,
    look: Look,
    chosen: Proposal | None,
    *,
    banner: Banner | None = None,
    attempt: Attempt = NO_ATTEMPT,
    bulk: Bulk | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole screen: the queue, and beside it one proposal, or several in its place."""
    page = _screen(request, look, chosen, banner, attempt, bulk)
    return draw(
        request,
        "console/approvals/queue.html",
        page,
        look,
        title=_("Approvals"),
        current="approvals",
        live=True,
        status=status,
    )


def _screen(
    request: PageRequest,
    look: Look,
    chosen: Proposal | None,
    banner: Banner | None,
    attempt: Attempt,
    bulk: Bulk | None,
) -> ApprovalsPage:
    version = stamp()
    here = place.of(request.GET)
    listed = place.page(here, request.GET.get("after", ""), request.actor, look, chosen=chosen)
    rows = listed.rows
    shown = chosen
    if chosen is None and bulk is None and here.tab == "review":
        shown = next((one for one in rows if one.state in place.WAITING), None)
    current = shown.public_id if shown else ""
    pane = None
    if shown is not None and bulk is None:
        beside = place.neighbours(here, shown, rows, look)
        pane = review.review(
            shown,
            request.actor,
            look,
            place=here,
            neighbours=beside,
            banner=banner,
            attempt=attempt,
        )
    return ApprovalsPage(
        queue=queue.queue(here, listed, look, current=current),
        topic=Topic(name="approvals", after=version),
        as_of=look.as_of(),
        review=pane,
        bulk=bulk,
        banner=banner if pane is None else None,
        undo=undoing.undo_strip(request.actor, look),
        chosen=chosen is not None or bulk is not None,
    )


def _back(request: PageRequest, look: Look, found: Proposal) -> str:
    """To the proposal that was on the screen: the strip stands on any of them."""
    path = urlsplit(request.META.get("HTTP_REFERER", "")).path
    return (
        path if path.startswith(look.href("approvals")) else look.href("proposal", found.public_id)
    )


def _changed(text: str) -> Banner | None:
    if not text:
        return None
    title = _("This changed meanwhile.")
    return Banner(tone="bad", icon="circle-alert", title=title, text=text)


def _banner(request: PageRequest, refusal: Refused, found: Proposal, look: Look) -> Banner | None:
    if isinstance(refusal, Invalid):
        return None
    words = holders.refusal(refusal, look)
    if refusal.code == "already_decided":
        following = place.following(place.of(request.GET), found, look)
        decided = refusal.details.get("state") in ("approved", "rejected")
        title = _("Already decided.") if decided else _("Not open any more.")
        link = Link(text=_("Next proposal"), href=following)
        return Banner(tone="ok", icon="circle-check", title=title, text=words, links=(link,))
    if refusal.code in ("changed_since_shown", "newer_version"):
        what = states.changed(found, number(request.POST.get("version", "")))
        words = f"{what} {words}".strip()
    return Banner(
        tone="bad", icon="circle-x", title=refusals.title(refusal.status) + ".", text=words
    )
