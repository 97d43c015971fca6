"""A promise as people see it, on the page of its call and in the queue: one picture, the same rules."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as quoted

from django.urls import reverse
from django.utils.translation import gettext as _

from console.builders import moments
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Handle, Option, When
from console.pictures.promises import PromiseForms, PromiseRow
from console.words import promises as words
from runs import evidence, releases
from runs.models import Promise
from runs.models.promise import PromiseState
from voice import promise_followups
from voice.models import Call, Turn

_BY_HAND = (PromiseState.DONE, PromiseState.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the rows stand: on the page of one call, or in the queue with its filters."""

    page: str = "list"
    query: str = ""


def rows(found: Sequence[Promise], look: Look, place: Place) -> list[PromiseRow]:
    """Two queries, however many promises. They come with run, release, customer, evidence and owner."""
    runs = {one.run_id for one in found}
    calls = {
        call.run_id: call
        for call in Call.objects.filter(run_id__in=runs).select_related("customer")
    }
    wanted = {one.evidence.turn_id for one in found if one.evidence and one.evidence.turn_id}
    turns = {turn.id: turn for turn in Turn.objects.filter(id__in=wanted)}
    return [_row(one, calls.get(one.run_id), turns, look, place) for one in found]


def _row(
    one: Promise, call: Call | None, turns: dict[uuid.UUID, Turn], look: Look, place: Place
) -> PromiseRow:
    channel, icon = words.channel(one.kind)
    said, clock, href = _quote(one, call, turns, look, place)
    here = look.href("call", call.public_id) if call is not None else ""
    return PromiseRow(
        key=one.id.hex,
        order=f"{int(one.sort_at.timestamp() * 1000):014d}{one.id.hex}",
        text=one.text,
        by=_("Agent"),
        status=words.state(one, look.now),
        channel=channel,
        channel_icon=icon,
        type=words.type_name(one.type),
        due=one.due,
        due_at=_due_at(one, look),
        sla=words.sla(one, look.now),
        quote=said,
        clock=clock,
        href=href,
        backing=_backing(one, look),
        caller=look.caller(call) if call is not None else "",
        call_href=f"{here}?tab=promised#promise-{one.id.hex}" if here else "",
        owner_key=str(one.owner_id or ""),
        owner=one.owner.name if one.owner else "",
        settled=_settled(one, look),
        forms=_forms(one, call, look, place) if look.minds else None,
    )


def _due_at(one: Promise, look: Look) -> When | None:
    if one.due_at is None:
        return None
    if one.due_exact:
        return times.when(one.due_at, now=look.now)
    return When(at=one.due_at, text=times.day(one.due_at), title=times.exact(one.due_at))


def _quote(
    one: Promise, call: Call | None, turns: dict[uuid.UUID, Turn], look: Look, place: Place
) -> tuple[str, str, str]:
    turn = turns.get(one.evidence.turn_id) if one.evidence and one.evidence.turn_id else None
    said = evidence.words(one.evidence, turn.text) if turn is not None and one.evidence else None
    if turn is None or said is None or call is None:
        return "", "", ""
    base = "" if place.page == "call" else look.href("call", call.public_id)
    began = call.answered_at or call.rang_at
    clock = times.mmss((turn.started_at - began).total_seconds())
    return look.text(said), clock, f"{base}#turn-{moments.key(turn.id)}"


def _backing(one: Promise, look: Look) -> Handle | None:
    """The effect with its receipt, or the proposal that would bring it."""
    if not one.backing:
        return None
    name = "effect" if one.backing.startswith("OBX-") else "proposal"
    return look.handle(one.backing, look.href(name, one.backing))


def _settled(one: Promise, look: Look) -> str:
    if one.state not in _BY_HAND or one.settled_at is None:
        return ""
    when = times.when(one.settled_at, now=look.now).text
    told = ": ".join(part for part in (words.reason(one.code), one.note) if part)
    return _("%(name)s, %(when)s: %(words)s") % {
        "name": one.settled_name,
        "when": when,
        "words": told,
    }


def _forms(one: Promise, call: Call | None, look: Look, place: Place) -> PromiseForms:
    open_ = words.is_open(one)
    propose, off = _propose(one, call) if one.state in ("unbacked", "broken") else ("", "")
    return PromiseForms(
        action=reverse("promises", args=[look.workspace.slug]) + f"{one.id}/",
        page=place.page,
        query=place.query,
        propose=propose,
        propose_off=off,
        settle=open_,
        reopen=one.state in _BY_HAND,
        take=open_ and one.owner_id is None,
        let_go=open_ and one.owner_id is not None,
        reasons=tuple(Option(value=key, text=word()) for key, word in words.REASONS.items()),
    )


def _propose(one: Promise, call: Call | None) -> tuple[str, str]:
    customer = one.run.customer or (call.customer if call is not None else None)
    action = promise_followups.action_for(one, releases.content_of(one.run.release), customer)
    if action is None:
        return "", _("The workflow has no action that could keep this.")
    if action.type == "send_email":
        return _("Propose the e-mail"), ""
    return _("Propose a follow-up task"), ""


def settled_query(query: str, promise_id: uuid.UUID) -> str:
    """The list's own address, with the promise whose strip offers the way back."""
    kept = f"{query}&" if query else ""
    return f"?{kept}did={quoted(str(promise_id))}"
