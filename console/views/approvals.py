"""The approvals queue, one proposal under review, and the decisions about it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import proposals
from approvals.models import OutboxEntry, Proposal
from approvals.models.proposal import ProposalState
from console.builders import cursors, holders, queue, review
from console.builders.look import Look
from console.forms.decisions import DecisionForm
from console.pictures.approvals import ApprovalsPage
from console.pictures.pieces import Banner, Link, Topic
from console.requests import PageRequest
from console.views.pages import draw, look_of
from console.words import refusals
from runs import audit
from runs.access import Permission, require
from runs.errors import Invalid, NotFound, Refused
from runs.live.feeds import stamp


@require_safe
def approvals(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_PROPOSALS)
    return _draw(request, look_of(request), None)


@require_safe
def proposal(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    require(request.actor, Permission.SEE_PROPOSALS)
    look = look_of(request)
    found = proposals.get(proposal_id)
    audit.record_view(found.public_id, by=request.actor, at=look.now)
    attempt = review.Attempt(reject_open=request.GET.get("reject") == "1")
    return _draw(request, look, found, attempt=attempt)


@require_POST
def decide(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """Approve or reject exactly what the digest names."""
    look = look_of(request)
    form = DecisionForm(request.POST)
    return _act(
        request,
        look,
        proposal_id,
        lambda: form.apply(proposal_id, by=request.actor, at=look.now),
        then=lambda found: _next(found, look),
        form=form,
    )


@require_POST
def undo(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    look = look_of(request)
    return _act(
        request,
        look,
        proposal_id,
        lambda: proposals.undo(proposal_id, by=request.actor, at=look.now),
        then=lambda found: look.href("proposal", found.public_id),
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

    return _act(request, look, proposal_id, change, then=lambda found: _back(request, look, found))


def _act(
    request: PageRequest,
    look: Look,
    proposal_id: str,
    change: Callable[[], object],
    *,
    then: Callable[[Proposal], str],
    form: DecisionForm | None = None,
) -> HttpResponse:
    """Do it and go on; a refusal shows the fresh pane with a banner, and nothing of it is kept."""
    try:
        with transaction.atomic():
            change()
    except NotFound:
        raise
    except Refused as refusal:
        found = proposals.get(proposal_id)
        return _draw(
            request,
            look,
            found,
            banner=_banner(refusal, found, look),
            attempt=_attempt(refusal, form),
            status=refusal.status,
        )
    return HttpResponseRedirect(then(proposals.get(proposal_id)), status=303)


def _attempt(refusal: Refused, form: DecisionForm | None) -> review.Attempt:
    if refusal.status != 422:
        return review.NO_ATTEMPT
    words = refusals.refusal(refusal)
    if form is None:
        return review.Attempt(errors=(words,))
    about_note = refusal.code in ("note_required", "note_too_long")
    return review.Attempt(
        errors=() if about_note else (words,),
        note_error=words if about_note else "",
        reason_code=form.reason,
        note=form.note,
        reject_open=form.verb == "reject",
    )


def _draw(
    request: PageRequest,
    look: Look,
    chosen: Proposal | None,
    *,
    banner: Banner | None = None,
    attempt: review.Attempt = review.NO_ATTEMPT,
    status: int = 200,
) -> HttpResponse:
    page = _screen(request, look, chosen, banner, attempt)
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
    attempt: review.Attempt,
) -> ApprovalsPage:
    version = stamp()
    tab = request.GET.get("queue", "review")
    tab = tab if tab in queue.TABS else "review"
    rows, more = _page(tab, request, look)
    shown = chosen
    if chosen is None and tab == "review":
        shown = next((one for one in rows if one.state == ProposalState.PENDING), None)
    current = shown.public_id if shown else ""
    pane = None
    if shown is not None:
        beside = _neighbours(shown, rows, look)
        pane = review.review(
            shown, request.actor, look, neighbours=beside, banner=banner, attempt=attempt
        )
    return ApprovalsPage(
        queue=queue.queue(tab, rows, request.actor, look, current=current, more=more),
        topic=Topic(name="approvals", after=version),
        as_of=look.as_of(),
        review=pane,
        undo=queue.undo_strip(request.actor, look),
        chosen=chosen is not None,
    )


def _page(tab: str, request: PageRequest, look: Look) -> tuple[list[Proposal], str]:
    field, newest_first = ("approve_by", False) if tab == "review" else ("decided_at", True)
    found = cursors.after(
        queue.proposals(tab, request.actor, look),
        request.GET.get("after", ""),
        field,
        newest_first=newest_first,
    )
    rows = list(found[: queue.PAGE + 1])
    if len(rows) <= queue.PAGE:
        return rows, ""
    last = rows[queue.PAGE - 1]
    at = last.approve_by if tab == "review" else (last.decided_at or last.approve_by)
    href = f"{look.href('approvals')}?queue={tab}&after={cursors.make(at, last.id)}"
    return rows[: queue.PAGE], href


def _neighbours(shown: Proposal, rows: list[Proposal], look: Look) -> tuple[str, str, str]:
    ids = [one.public_id for one in rows]
    waiting = [one.public_id for one in rows if one.state == ProposalState.PENDING]
    if shown.public_id not in ids:
        return "", "", ""
    at = ids.index(shown.public_id)
    before = look.href("proposal", ids[at - 1]) if at else ""
    after = look.href("proposal", ids[at + 1]) if at + 1 < len(ids) else ""
    place = ""
    if shown.public_id in waiting:
        number = waiting.index(shown.public_id) + 1
        place = _("%(n)d of %(total)d waiting") % {"n": number, "total": len(waiting)}
    return before, after, place


def _next(decided: Proposal, look: Look) -> str:
    """The next one below that waits, else the first, else the one that was decided."""
    waiting = Proposal.objects.filter(state=ProposalState.PENDING).order_by("approve_by", "id")
    below = waiting.filter(approve_by__gte=decided.approve_by).exclude(id=decided.id).first()
    following = below or waiting.first() or decided
    return look.href("proposal", following.public_id)


def _back(request: PageRequest, look: Look, found: Proposal) -> str:
    """To the proposal that was on the screen: the strip stands on any of them."""
    path = urlsplit(request.META.get("HTTP_REFERER", "")).path
    return (
        path if path.startswith(look.href("approvals")) else look.href("proposal", found.public_id)
    )


def _banner(refusal: Refused, found: Proposal, look: Look) -> Banner | None:
    if isinstance(refusal, Invalid):
        return None
    words = holders.refusal(refusal, look)
    if refusal.code == "already_decided":
        following = _next(found, look)
        title = _("Already decided.")
        link = Link(text=_("Next proposal"), href=following)
        return Banner(tone="ok", icon="circle-check", title=title, text=words, links=(link,))
    return Banner(
        tone="bad", icon="circle-x", title=refusals.title(refusal.status) + ".", text=words
    )
