"""Search by what people have in hand: an id or the beginning of one, a number, a name, a handle."""

import re
import uuid
from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import OutboxEntry, Proposal
from console.builders.look import Look
from console.pictures import times
from console.pictures.search import Found, FoundGroup, SearchPage
from console.pictures.shell import Shell
from console.words import gate
from runs.access import Permission, can
from runs.models import Customer, Run
from runs.people import Actor
from voice.models import Call

MOST = 6  # of each kind
LONGEST = 200
_LEAST_NAME = 2
_LEAST_DIGITS = 7
_ID = re.compile(r"^(?P<prefix>CALL|RUN|PRO|OBX)-?[0-9A-Z]{0,8}$")
_HANDLE = re.compile(r"^[a-z-]+://\S+$")


def page(text: str, shell: Shell, actor: Actor, look: Look) -> SearchPage:
    """Pages whose name begins with the text, and what the workspace knows under it."""
    wanted = " ".join(text.replace("\0", "").split())[:LONGEST]
    groups = [_pages(wanted, shell)]
    if wanted:
        groups += list(_things(wanted, actor, look))
    filled = tuple(one for one in groups if one.items)
    count = sum(len(one.items) for one in filled)
    return SearchPage(
        text=wanted,
        groups=filled,
        count_text=ngettext("%(n)d result", "%(n)d results", count) % {"n": count},
        hint=_(
            "Look for an id, a whole phone number, a customer’s name, your own id, or a handle."
        ),
    )


def _pages(wanted: str, shell: Shell) -> FoundGroup:
    items = [
        Found(key=f"go-{one.key}", icon=one.icon, title=one.text, href=one.href)
        for one in shell.nav
        if one.key != "settings"
    ]
    if shell.preferences_href:
        items.append(
            Found(
                key="go-preferences",
                icon="settings",
                title=_("Preferences"),
                href=shell.preferences_href,
            )
        )
    fitting = tuple(one for one in items if wanted.casefold() in one.title.casefold())
    return FoundGroup(key="pages", title=_("Pages"), items=fitting)


def _things(wanted: str, actor: Actor, look: Look) -> Iterator[FoundGroup]:
    if _HANDLE.match(wanted):
        found = Found(
            key="handle", icon="quote", title=wanted, href=reverse("handle", args=[wanted])
        )
        yield FoundGroup(key="handles", title=_("Handle"), items=(found,))
        return
    customers = customers_of(wanted)
    if can(actor, Permission.SEE_CALLS):
        yield _calls(wanted, customers, look)
    if can(actor, Permission.SEE_PROPOSALS):
        yield _proposals(wanted, customers, look)
    if can(actor, Permission.SEE_RUNS):
        yield _runs(wanted, customers, look)
    if can(actor, Permission.SEE_OUTBOX) and prefix_of(wanted) == "OBX":
        yield _outbox(wanted, look)


def customers_of(wanted: str) -> list[uuid.UUID]:
    if prefix_of(wanted):
        return []
    number = number_of(wanted)
    query = Q(phones__contains=[number]) if number else Q(external_id=wanted)
    if not number and len(wanted) >= _LEAST_NAME:
        query |= Q(name__icontains=wanted) | Q(company__icontains=wanted)
    return list(
        Customer.objects.filter(query).order_by("name", "id").values_list("id", flat=True)[:20]
    )


def _calls(wanted: str, customers: Sequence[uuid.UUID], look: Look) -> FoundGroup:
    query = Q(external_id=wanted) | Q(customer_id__in=customers) | by_id(wanted, "CALL")
    number = number_of(wanted)
    if number:
        query |= Q(caller_number=number)
    calls = Call.objects.filter(query).select_related("customer").order_by("-rang_at", "-id")
    return FoundGroup(
        key="calls",
        title=_("Calls"),
        items=tuple(
            Found(
                key=one.public_id,
                icon="radio" if one.state in ("ringing", "live") else "phone",
                title=look.caller(one),
                note=f"{one.public_id} · {times.when(one.rang_at, now=look.now).text}",
                href=look.href(
                    "live-call" if one.state in ("ringing", "live") else "call", one.public_id
                ),
            )
            for one in calls[:MOST]
        ),
    )


def _proposals(wanted: str, customers: Sequence[uuid.UUID], look: Look) -> FoundGroup:
    query = Q(run__customer_id__in=customers) | by_id(wanted, "PRO")
    proposals: QuerySet[Proposal] = Proposal.objects.filter(query).select_related("run__customer")
    return FoundGroup(
        key="proposals",
        title=_("Proposals"),
        items=tuple(
            Found(
                key=one.public_id,
                icon="inbox",
                title=one.run.customer.name if one.run.customer else one.public_id,
                note=f"{one.public_id} · {gate.proposal_state(one.state).text}",
                href=look.href("proposal", one.public_id),
            )
            for one in proposals.order_by("-proposed_at", "-id")[:MOST]
        ),
    )


def _runs(wanted: str, customers: Sequence[uuid.UUID], look: Look) -> FoundGroup:
    query = Q(customer_id__in=customers) | by_id(wanted, "RUN")
    runs = Run.objects.filter(query).order_by("-started_at", "-id")
    return FoundGroup(
        key="runs",
        title=_("Runs"),
        items=tuple(
            Found(
                key=one.public_id,
                icon="workflow",
                title=look.text(one.title),
                note=f"{one.public_id} · {times.when(one.started_at, now=look.now).text}",
                href=look.href("run", one.public_id),
            )
            for one in runs[:MOST]
        ),
    )


def _outbox(wanted: str, look: Look) -> FoundGroup:
    entries = OutboxEntry.objects.filter(by_id(wanted, "OBX")).order_by("-created_at", "-id")
    return FoundGroup(
        key="outbox",
        title=_("Outbox"),
        items=tuple(
            Found(
                key=one.public_id,
                icon="send",
                title=one.public_id,
                note=_state(one),
                href=f"{look.href('outbox')}#outbox-{one.public_id}",
            )
            for one in entries[:MOST]
        ),
    )


def _state(entry: OutboxEntry) -> str:
    return gate.entry_state(gate.entry_key(entry, in_hold=False)).text


def prefix_of(wanted: str) -> str:
    found = _ID.match(wanted.upper())
    return found["prefix"] if found else ""


def by_id(wanted: str, prefix: str) -> Q:
    """Ids that begin so; nothing where the text is no id of this kind."""
    if prefix_of(wanted) != prefix:
        return Q(pk__in=[])
    return Q(public_id__begins=wanted.upper())


def number_of(wanted: str) -> str:
    """E.164 of a whole number as people write it; empty where the text is none."""
    digits = re.sub(r"[\s()/.–-]", "", wanted)
    plain = digits.removeprefix("00") if digits.startswith("00") else digits.removeprefix("+")
    return (
        f"+{plain}" if plain.isascii() and plain.isdigit() and len(plain) >= _LEAST_DIGITS else ""
    )
