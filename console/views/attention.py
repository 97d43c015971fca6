"""Around a decision: edit, review, snooze, ask, comment, read again, put back; notices; several at once."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import (
    attention,
    bulk,
    notices,
    outbox,
    proposals,
    reading,
    remarks,
    reversals,
)
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from console.builders import attention as builder
from console.builders import holders, place, together
from console.builders import notices as told
from console.builders.attempts import Attempt
from console.builders.look import Look
from console.forms.edits import EditForm
from console.pictures.pieces import Banner
from console.requests import PageRequest
from console.views.approvals import act, show
from console.views.pages import draw, look_of, number
from console.words import refusals
from runs import audit
from runs.access import Permission, require
from runs.errors import Conflict, Invalid, NotFound, Refused
from runs.people import Actor

MAX_SNOOZE_MINUTES = 24 * 60
LISTED = 100


@require_POST
def attend(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """One small verb about a proposal; `verb` names it."""
    look = look_of(request)
    verb = _VERBS.get(str(request.POST.get("verb", "")))

    def change() -> object:
        if verb is None:
            raise Invalid("unknown_verb")
        return verb(proposals.get(proposal_id), request.POST, request.actor, look)

    def then(found: Proposal) -> str:
        """What rests makes way for the next one, as what is decided does."""
        if verb is _snooze:
            return place.following(place.of(request.GET), found, look)
        return _here(found, look)

    return act(request, look, proposal_id, change, then=then)


@require_POST
def edit(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """Save new values as a version of their own, and approve exactly that where `approve` is sent."""
    look = look_of(request)
    here = place.of(request.GET)
    form = EditForm(request.POST)
    kept: list[Banner] = []

    def change() -> None:
        require(request.actor, Permission.DECIDE_PROPOSAL)
        refusal = form.apply(proposals.get(proposal_id), by=request.actor, at=look.now)
        if refusal is not None:
            text = holders.refusal(refusal, look)
            title = _("Saved, not approved.")
            kept.append(Banner(tone="warn", icon="user-check", title=title, text=text))

    def then(found: Proposal) -> str:
        decided = found.state != ProposalState.PENDING
        following = place.following(here, found, look)
        return following if decided else here.href(look, proposal_id)

    answer = act(
        request, look, proposal_id, change, then=then, attempt=lambda refusal: _typed(refusal, form)
    )
    return show(request, look, proposals.get(proposal_id), banner=kept[0]) if kept else answer


def _typed(refusal: Refused, form: EditForm) -> Attempt:
    """What was typed stands there again, whatever the refusal; the field in error says why."""
    words = refusals.refusal(refusal)
    field = str(refusal.details.get("field", ""))
    at_field = {field: words} if field in form.texts else {}
    return Attempt(
        errors=(words,) if isinstance(refusal, Invalid) and not at_field else (),
        edit_open=refusal.code not in ("needs_role", "already_decided"),
        values=form.texts,
        field_errors=at_field,
    )


@require_safe
def current(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """What the other side holds now: a piece of the page, asked for after the page stands."""
    require(request.actor, Permission.SEE_PROPOSALS)
    page = builder.current(proposals.get(proposal_id), look_of(request))
    return render(request, "console/approvals/_current.html", {"current": page})


@require_safe
def alike(request: PageRequest, slug: str, proposal_id: str) -> HttpResponse:
    """What can be approved in one go with this one, each with its change and its quote."""
    require(request.actor, Permission.SEE_PROPOSALS)
    look = look_of(request)
    proposal = proposals.get(proposal_id)
    found = together.alike(proposal, request.actor, look)
    if not found.members:
        return show(request, look, proposal)
    for one, _version in found.members.values():
        audit.record_view(one.public_id, by=request.actor, at=look.now)
    return show(request, look, None, bulk=together.bundle(proposal, found, look))


@require_POST
def approve_many(request: PageRequest, slug: str) -> HttpResponse:
    """`item` is "PRO-…:version:digest", once for each that was chosen; how each ended is shown."""
    look = look_of(request)
    try:
        items = [_item(text) for text in request.POST.getlist("item")]
        with transaction.atomic():
            results = bulk.approve_all(items, by=request.actor, at=look.now)
    except NotFound:
        raise
    except Refused as refusal:
        text = holders.refusal(refusal, look)
        title = _("Nothing was approved.")
        banner = Banner(tone="bad", icon="circle-x", title=title, text=text)
        return show(request, look, None, banner=banner, status=refusal.status)
    return show(request, look, None, bulk=together.results(results, look))


@require_safe
def notice_list(request: PageRequest, slug: str) -> HttpResponse:
    look = look_of(request)
    page = told.page(list(notices.unread(request.actor)[:LISTED]), look)
    return draw(
        request, "console/approvals/notices.html", page, look, title=_("Notices"), current="notices"
    )


@require_POST
def notices_read(request: PageRequest, slug: str) -> HttpResponse:
    look = look_of(request)
    notices.mark_read(request.actor, at=look.now)
    return HttpResponseRedirect(look.href("notices"), status=303)


def _item(text: str) -> bulk.Shown:
    handle, _colon, rest = text.partition(":")
    version, _colon, digest = rest.partition(":")
    if not number(version) or len(digest) != 64:
        raise Invalid("bad_form")
    return bulk.Shown(handle[:20], number(version), digest)


def _here(found: Proposal, look: Look) -> str:
    return look.href("proposal", found.public_id)


Verb = Callable[[Proposal, QueryDict, Actor, Look], object]


def _snooze(found: Proposal, data: QueryDict, by: Actor, look: Look) -> object:
    minutes = number(data.get("minutes", ""))
    if not 1 <= minutes <= MAX_SNOOZE_MINUTES:
        raise Invalid("bad_form")
    until = look.now + timedelta(minutes=minutes)
    return attention.snooze(found, until=until, by=by, at=look.now)


def _refresh(found: Proposal, data: QueryDict, by: Actor, look: Look) -> object:
    """Show it beside what the other side holds now; whoever decides, decides anew."""
    require(by, Permission.DECIDE_PROPOSAL)
    read = reading.current(found)
    if read.read_at is None:
        raise Conflict("not_readable", why=read.failed)
    state = ProposalState(found.state)
    if state not in (ProposalState.PENDING, ProposalState.CONFLICT):
        raise Conflict("not_in_this_state")
    return proposals.refresh(
        found, before=read.values, read_at=read.read_at, by=by, at=look.now, state=state
    )


def _reverse(found: Proposal, data: QueryDict, by: Actor, look: Look) -> object:
    entry = outbox.get(str(data.get("entry", "")))
    return reversals.propose(entry, by=by, at=look.now)


def _written(rule: Callable[..., object], name: str = "text") -> Verb:
    return lambda found, data, by, look: rule(
        found, by=by, at=look.now, **{name: str(data.get(name, ""))}
    )


def _plain(rule: Callable[..., object]) -> Verb:
    return lambda found, data, by, look: rule(found, by=by, at=look.now)


_VERBS: dict[str, Verb] = {
    "claim": _plain(attention.claim),
    "steal": _written(attention.steal, "note"),
    "let_go": _plain(attention.let_go),
    "wake": _plain(attention.wake),
    "withdraw": _plain(proposals.withdraw),
    "retract": _plain(proposals.retract),
    "comment": _written(remarks.comment),
    "ask": _written(remarks.ask),
    "answer": _written(remarks.answer),
    "snooze": _snooze,
    "refresh": _refresh,
    "reverse": _reverse,
}
