"""The queue of promises: what is due first stands first, narrowed by the address."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import promised
from console.builders import cursors, filters, narrowing, promise_rows, search
from console.builders.asked import Asked
from console.builders.look import Look
from console.builders.promise_rows import Place
from console.pictures.lists import FilterForm
from console.pictures.pieces import Banner, Empty, Link, Topic
from console.pictures.promises import PromiseList
from console.words import promises as words
from runs.live.feeds import stamp
from runs.models import Promise
from runs.models.promise import PromiseState
from runs.people import Actor
from voice.models import Call

PAGE = 50
# "all" is what a plain address asks for: here everything that is still owed.
STATES = ("all", "needs", "under_way", "kept", "settled", "any")
NAMES = ("q", "whose", "kind", "type", "due")
_BY_HAND = (PromiseState.DONE, PromiseState.WITHDRAWN)


def promise_list(asked: Asked, actor: Actor, look: Look, *, did: str = "") -> PromiseList:
    # Read before the rows: what changes while they are read is told again.
    version = stamp()
    found = _asked_for(asked, actor, look.now)
    joined = found.select_related("run__release", "run__customer", "evidence", "owner")
    page = cursors.page(
        joined, "sort_at", PAGE, after=asked.after, before=asked.before, newest_first=False
    )
    here = look.href("promises")
    return PromiseList(
        rows=tuple(promise_rows.rows(page.rows, look, Place(query=asked.query))),
        count_text=_count_text(found),
        filters=filters.links(_state_words(), asked, here),
        form=_form(asked, here),
        as_of=look.as_of(),
        banner=_did(did, look),
        cursor=filters.cursor(page, asked, here, PAGE),
        empty=None if page.rows else _empty(asked, here),
        topic=None if asked.paged else Topic(name="promises", after=version),
    )


def waiting(now: datetime) -> "QuerySet[Promise]":
    """What keeps calls from being complete: the count of the rail."""
    return Promise.objects.filter(promised.needs_somebody(now))


def _asked_for(asked: Asked, actor: Actor, now: datetime) -> "QuerySet[Promise]":
    chosen = asked.chosen
    found = Promise.objects.filter(_in_state(asked.state, now), _due(chosen.get("due", ""), now))
    if "q" in chosen:
        found = found.filter(_like(chosen["q"]))
    if chosen.get("whose") == "mine":
        found = found.filter(owner_id=actor.user_id)
    elif chosen.get("whose") == "nobody":
        found = found.filter(owner_id=None)
    for name in ("kind", "type"):
        if name in chosen:
            found = found.filter(**{name: chosen[name]})
    return found


def _in_state(state: str, now: datetime) -> Q:
    return {
        "all": Q(state__in=promised.OPEN),
        "needs": promised.needs_somebody(now),
        "under_way": Q(state=PromiseState.UNDER_WAY),
        "kept": Q(state=PromiseState.KEPT),
        "settled": Q(state__in=_BY_HAND),
        "any": Q(),
    }[state]


def _due(wanted: str, now: datetime) -> Q:
    """Days are days of the person's zone."""
    tonight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "overdue": promised.overdue(now),
        "today": Q(due_at__gte=now, due_at__lt=tonight + timedelta(days=1)),
        "week": Q(due_at__gte=now, due_at__lt=tonight + timedelta(days=7)),
        "none": Q(due_at=None),
    }.get(wanted, Q())


def _like(text: str) -> Q:
    calls = Call.objects.filter(narrowing.calls_like(text)).values("run_id")
    return Q(run_id__in=calls) | Q(run__customer_id__in=search.customers_of(text))


def _state_words() -> dict[str, str]:
    return {
        "all": _("Open"),
        "needs": _("Needs somebody"),
        "under_way": _("Under way"),
        "kept": _("Kept"),
        "settled": _("Done or withdrawn"),
        "any": _("All"),
    }


def _form(asked: Asked, here: str) -> FilterForm:
    whose = {"mine": _("Mine"), "nobody": _("Nobody’s")}
    due = {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "week": _("Within 7 days"),
        "none": _("No date was said"),
    }
    channels = {key: word() for key, (word, _icon) in words.CHANNELS.items()}
    types = {key: word() for key, word in words.TYPES.items()}
    hint = _("An id, a whole phone number, or a customer’s name")
    fields = (
        filters.search(asked, hint),
        filters.select("whose", _("Queue"), _("Everybody’s"), whose, asked),
        filters.select("kind", _("Channel"), _("Any channel"), channels, asked),
        filters.select("type", _("Type"), _("Any type"), types, asked),
        filters.select("due", _("Due"), _("Any time"), due, asked),
    )
    return filters.form(fields, asked, here)


def _count_text(found: "QuerySet[Promise]") -> str:
    count = filters.count(found)
    if count > filters.MOST_COUNTED:
        return _("More than %(n)d promises") % {"n": filters.MOST_COUNTED}
    return ngettext("%(n)d promise", "%(n)d promises", count) % {"n": count}


def _did(text: str, look: Look) -> Banner | None:
    """What was just said of a promise, with the way back."""
    try:
        promise = Promise.objects.filter(id=uuid.UUID(text)).first() if text else None
    except ValueError:
        promise = None
    if promise is None or promise.state not in _BY_HAND or not look.minds:
        return None
    undo = look.href("promise-act", promise.id, "reopen")
    return Banner(
        tone="info",
        icon="user-check" if promise.state == PromiseState.DONE else "ban",
        title=words.state(promise, look.now).text + ":",
        text=_("“%(words)s”") % {"words": promise.text},
        links=(Link(text=_("Undo"), href=undo, icon="rotate-ccw", method="post"),),
    )


def _empty(asked: Asked, here: str) -> Empty:
    if asked.narrowed or asked.paged:
        return filters.nothing(_("No promises match these filters"), asked, here)
    return Empty(
        title=_("Nothing is owed"),
        text=_("What the agent promises on a call is listed here, with what stands behind it."),
        link=Link(text=_("Show all promises"), href=f"{here}?state=any"),
    )
