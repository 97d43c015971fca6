"""Where in the approvals somebody is: the tab, the filter, the page, and what comes before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from approvals import attention, contradictions
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from console.builders import cursors
from console.builders.look import Look
from console.pictures.pieces import Link
from runs import scope
from runs.people import Actor

# With the review beside them these rows stay within the bytes of a first view.
PAGE = 30
BEFORE = 5  # rows above the one that an address names, where the first page does not hold it
STAYS = timedelta(minutes=2)  # a decided row keeps its place for this long,
STAY = 8  # and no more of them than this: what waits is not pushed off the page
SOON = timedelta(hours=1)
TABS = ("review", "snoozed", "mine", "decided")
FILTERS = ("due", "high", "low", "doubt")
WAITING = (ProposalState.PENDING, ProposalState.CONFLICT)


@dataclass(frozen=True, slots=True)
class Place:
    """As it stands in the address."""

    tab: str = "review"
    only: str = ""
    seen: int = 0  # the version that was on the screen before

    @property
    def query(self) -> str:
        """ "?queue=mine&only=due", without what is the rule."""
        tab = self.tab if self.tab != "review" else ""
        known = {"queue": tab, "only": self.only, "seen": self.seen}
        told = urlencode({name: value for name, value in known.items() if value})
        return f"?{told}" if told else ""

    def href(self, look: Look, public_id: str = "") -> str:
        path = look.href("proposal", public_id) if public_id else look.href("approvals")
        return f"{path}{self.query}"


FIRST = Place()


def of(data: Mapping[str, str]) -> Place:
    """What is not known is the rule."""
    tab, only = data.get("queue", ""), data.get("only", "")
    return Place(tab if tab in TABS else "review", only if only in FILTERS else "")


@dataclass(frozen=True, slots=True)
class Rows:
    """What is listed, and the addresses of the next page and of the first: empty where this is it."""

    rows: list[Proposal]
    more: str = ""
    first: str = ""


def page(
    place: Place, cursor: str, actor: Actor, look: Look, *, chosen: Proposal | None = None
) -> Rows:
    """The rows in their order; where the first page does not hold the chosen one, the rows around it."""
    waits = place.tab in ("review", "snoozed")
    field = "approve_by" if waits else "decided_at"
    query = _query(place, actor, look).filter(workspace_id=scope.only())
    rows, more = _from(cursors.after(query, cursor, field, newest_first=not waits), place, look)
    if not cursor and more and chosen is not None and _below(chosen, rows, place):
        beyond = query.filter(approve_by__gte=chosen.approve_by)
        rows, more = _from(beyond, place, look)
        before = query.filter(approve_by__lt=chosen.approve_by).order_by("-approve_by", "-id")
        above = list(before[:BEFORE])[::-1]
        return Rows([*above, *rows], more, place.href(look))
    if cursor:
        return Rows(rows, more, place.href(look))
    if place.tab == "review":
        rows = sorted([*rows, *_just_decided(look)], key=lambda one: (one.approve_by, one.id))
    return Rows(rows, more)


def _below(chosen: Proposal, rows: list[Proposal], place: Place) -> bool:
    return place.tab == "review" and chosen.state in WAITING and chosen not in rows


def _from(query: QuerySet[Proposal], place: Place, look: Look) -> tuple[list[Proposal], str]:
    found: list[Proposal] = list(query[: PAGE + 1])
    rows = found[:PAGE]
    if len(found) <= PAGE:
        return rows, ""
    last = rows[-1]
    waits = place.tab in ("review", "snoozed")
    at = last.approve_by if waits else (last.decided_at or last.approve_by)
    sign = "&" if place.query else "?"
    return rows, f"{place.href(look)}{sign}after={cursors.make(at, last.id)}"


def _query(place: Place, actor: Actor, look: Look) -> QuerySet[Proposal]:
    found = _all().filter(chosen(place.only, look)) if place.only else _all()
    if place.tab == "mine":
        return found.filter(decided_by_id=actor.user_id).order_by("-decided_at", "-id")
    if place.tab == "decided":
        return found.exclude(state__in=WAITING).order_by("-decided_at", "-id")
    if place.tab == "snoozed":
        return found.filter(attention.resting(look.now)).order_by("approve_by", "id")
    waiting = found.filter(state__in=WAITING).exclude(attention.resting(look.now))
    return waiting.order_by("approve_by", "id")


def _all() -> QuerySet[Proposal]:
    return Proposal.objects.select_related("run__release", "customer", "decided_by", "claimed_by")


def _just_decided(look: Look) -> list[Proposal]:
    recent = _all().filter(decided_at__gt=look.now - STAYS).exclude(state__in=WAITING)
    return list(recent.order_by("-decided_at", "-id")[:STAY])


def chosen(only: str, look: Look) -> Q:
    """The condition of a filter."""
    return {
        "due": Q(approve_by__lt=look.now + SOON),
        "high": Q(risk="high"),
        "low": Q(risk="low"),
        "doubt": Q(rule__startswith=contradictions.RULE) | Q(state=ProposalState.CONFLICT),
    }[only]


def filters(place: Place, look: Look) -> tuple[Link, ...]:
    """One link for each filter that finds something, with its number; none where there is nothing to choose."""
    if place.tab != "review":
        return ()
    waiting = Proposal.objects.filter(state__in=WAITING).exclude(attention.resting(look.now))
    counts = waiting.aggregate(
        all=Count("id"), **{only: Count("id", filter=chosen(only, look)) for only in FILTERS}
    )
    words = {
        "due": _("Due in an hour"),
        "high": _("High risk"),
        "low": _("Low risk"),
        "doubt": _("Doubtful"),
    }
    found = [
        Link(
            text=words[only],
            href=Place("review", only).href(look),
            count=counts[only],
            current=place.only == only,
        )
        for only in FILTERS
        if counts[only] not in (0, counts["all"]) or place.only == only
    ]
    every = Link(text=_("All"), href=look.href("approvals"), current=not place.only)
    return (every, *found) if found else ()


def neighbours(
    place: Place, shown: Proposal, rows: list[Proposal], look: Look
) -> tuple[str, str, str]:
    """The addresses of the rows before and after, and "3 of 7 waiting"."""
    ids = [one.public_id for one in rows]
    if shown.public_id not in ids:
        return "", "", ""
    at = ids.index(shown.public_id)
    before = place.href(look, ids[at - 1]) if at else ""
    after = place.href(look, ids[at + 1]) if at + 1 < len(ids) else ""
    return before, after, _position(place, shown, look)


def _position(place: Place, shown: Proposal, look: Look) -> str:
    """Among all that wait, not only those of the page."""
    if shown.state not in WAITING or place.tab != "review":
        return ""
    waiting = Proposal.objects.filter(state__in=WAITING).exclude(attention.resting(look.now))
    if place.only:
        waiting = waiting.filter(chosen(place.only, look))
    upto = Q(approve_by__lt=shown.approve_by) | Q(approve_by=shown.approve_by, id__lte=shown.id)
    counts = waiting.aggregate(total=Count("id"), number=Count("id", filter=upto))
    return _("%(n)d of %(total)d waiting") % {"n": counts["number"], "total": counts["total"]}


def following(place: Place, decided: Proposal, look: Look) -> str:
    """The next one below that waits for a decision, else the first, else the one that was decided."""
    waiting = _all().filter(state=ProposalState.PENDING).exclude(attention.resting(look.now))
    if place.only:
        waiting = waiting.filter(chosen(place.only, look))
    waiting = waiting.exclude(id=decided.id).order_by("approve_by", "id")
    below = Q(approve_by__gt=decided.approve_by) | Q(
        approve_by=decided.approve_by, id__gt=decided.id
    )
    found = waiting.filter(below).first() or waiting.first() or decided
    return place.href(look, found.public_id)
