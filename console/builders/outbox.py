"""The outbox: effects on their way, by what they need. What still moves comes whole, what is over in pages."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import pauses
from approvals.models import OutboxEntry, Pause
from console.builders import actions, cursors, delivery, filters, narrowing, saved, stops
from console.builders.asked import Asked
from console.builders.look import Look
from console.pictures import times
from console.pictures.lists import FilterForm
from console.pictures.outbox import OutboxGroup, OutboxPage, OutboxRow
from console.pictures.pieces import Empty, Link, Topic
from console.words import effects
from console.words import gate as words
from runs import scope
from runs.live.feeds import stamp
from runs.people import Actor

PAGE = 100
MOVING = ("needs_you", "retrying", "held")
OVER = ("confirmed", "cancelled")
GROUPS = (*MOVING, *OVER)
STATES = ("all", *GROUPS)
NAMES = ("q", "from", "to", "action")
_GROUP_OF = {
    "unknown": "needs_you",
    "failed": "needs_you",
    "retrying": "retrying",
    "reconcile": "retrying",
    "held": "held",
    "hold": "held",
    "queued": "held",
    "sending": "held",
    "succeeded": "confirmed",
    "cancelled": "cancelled",
    "superseded": "cancelled",
}


def entries() -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.select_related("run", "proposal__customer", "after")


def in_group(group: str) -> Q:
    """The same words as `group_of`, asked of the database."""
    tried = Q(state="pending", held=False, attempts__gt=0)
    return {
        "needs_you": Q(state__in=["unknown", "failed"]),
        "retrying": Q(state="reconcile") | tried,
        "held": Q(state="sending") | Q(state="pending", held=True) | Q(state="pending", attempts=0),
        "confirmed": Q(state="succeeded"),
        "cancelled": Q(state__in=["cancelled", "superseded"]),
    }[group]


def outbox_page(asked: Asked, actor: Actor, look: Look) -> OutboxPage:
    version = stamp()
    narrowed = _narrowed(asked)
    here = look.href("outbox")
    standing = pauses.standing()
    groups, page = _filled(asked, narrowed, standing, look)
    shown = any(group.rows for group in groups)
    return OutboxPage(
        groups=tuple(groups),
        topic=None if asked.narrowed or asked.paged else Topic(name="outbox", after=version),
        as_of=look.as_of(),
        filters=filters.links(_state_words(), asked, here, counts=_counts()),
        form=_form(asked, here),
        views=saved.views("outbox", asked, actor, look),
        empty=None if shown else _empty(asked, here),
        cursor=filters.cursor(page, asked, here, PAGE),
        stops=stops.stops(standing, actor, look),
    )


def _filled(
    asked: Asked, narrowed: QuerySet[OutboxEntry], standing: Sequence[Pause], look: Look
) -> tuple[list[OutboxGroup], cursors.Page]:
    if asked.state != "all":
        wanted = narrowed.filter(in_group(asked.state))
        page = _page(wanted, asked)
        return [_group(asked.state, page.rows, standing, look)], page
    groups = [] if asked.paged else [_moving(key, narrowed, standing, look) for key in MOVING]
    over = narrowed.filter(in_group("confirmed") | in_group("cancelled"))
    page = _page(over, asked)
    for key in OVER:
        rows = [entry for entry in page.rows if group_of(entry, look) == key]
        groups.append(_group(key, rows, standing, look))
    return groups, page


def _page(wanted: QuerySet[OutboxEntry], asked: Asked) -> cursors.Page:
    return cursors.page(wanted, "created_at", PAGE, after=asked.after, before=asked.before)


def _moving(
    key: str, narrowed: QuerySet[OutboxEntry], standing: Sequence[Pause], look: Look
) -> OutboxGroup:
    here = narrowed.filter(in_group(key), workspace_id=scope.only())
    wanted = here.order_by("-created_at", "-id")
    found = list(wanted[: PAGE + 1])
    more = f"{look.href('outbox')}?state={key}" if len(found) > PAGE else ""
    return _group(key, found[:PAGE], standing, look, more_href=more)


def _group(
    key: str,
    found: Sequence[OutboxEntry],
    standing: Sequence[Pause],
    look: Look,
    *,
    more_href: str = "",
) -> OutboxGroup:
    return OutboxGroup(
        key=key,
        title=group_titles()[key],
        rows=tuple(row(entry, look, standing) for entry in found),
        more_href=more_href,
    )


def group_of(entry: OutboxEntry, look: Look) -> str:
    return _GROUP_OF[words.entry_key(entry, in_hold=actions.in_hold(entry, look))]


def row(entry: OutboxEntry, look: Look, standing: Sequence[Pause]) -> OutboxRow:
    """`standing` are the pauses of the workspace: a row that one of them keeps waiting says so."""
    reference = str((entry.result or {}).get("reference", ""))
    proposal = entry.proposal
    tries = ngettext("%(n)d attempt", "%(n)d attempts", entry.attempts) % {"n": entry.attempts}
    return OutboxRow(
        key=entry.public_id,
        order=f"{10**13 - int(entry.created_at.timestamp() * 1000):014d}{entry.public_id}",
        href=look.href("effect", entry.public_id),
        title=words.action_title(entry.action_type, entry.action),
        api_name=entry.action,
        recipient=whom(entry, look),
        status=actions.entry_pill(entry, look),
        text=text(entry, look, standing),
        at=times.when(entry.finished_at or entry.created_at, now=look.now, style="seconds"),
        handle=look.handle(entry.public_id),
        attempts_text=tries if entry.attempts else "",
        external_id=reference[:40],
        icon=words.action_icon(entry.action_type),
        proposal=look.handle(proposal.public_id, look.href("proposal", proposal.public_id))
        if proposal
        else None,
        run=look.handle(entry.run.public_id, look.href("run", entry.run.public_id)),
        links=tuple(_ways(entry, look)),
        after=look.handle(entry.after.public_id, look.href("effect", entry.after.public_id))
        if entry.after
        else None,
    )


def whom(entry: OutboxEntry, look: Look) -> str:
    """The customer by name, where the record that it touches is theirs."""
    told = delivery.recipient(entry, look)
    customer = entry.proposal.customer if entry.proposal is not None else None
    if customer is None or not customer.name or customer.external_id not in entry.target:
        return told
    return f"{customer.name} · {told}"


def _ways(entry: OutboxEntry, look: Look) -> Iterable[Link]:
    """A doubt is resolved where its ways out stand with what each does."""
    if entry.state == "unknown":
        href = look.href("effect", entry.public_id)
        yield Link(text=_("Resolve the doubt"), href=href, icon="circle-help", look="primary")


def text(entry: OutboxEntry, look: Look, standing: Sequence[Pause]) -> str:
    """Why it stands where it stands, in one sentence."""
    waits = entry.state in ("pending", "reconcile")
    stop = pauses.on(entry, list(standing)) if waits else None
    if stop is not None:
        return _("Waits: %(name)s stopped sending (%(reason)s)") % {
            "name": stop.by_name,
            "reason": stop.reason,
        }
    if entry.state == "reconcile":
        clock = times.when(entry.available_at, now=look.now, style="seconds").text
        return _("In doubt: looked up again at %(clock)s") % {"clock": clock}
    if entry.reason:
        key = words.entry_key(entry, in_hold=actions.in_hold(entry, look))
        told = (words.entry_reason(entry.reason), effects.following(entry.idempotency, key))
        return " ".join(filter(None, told))
    return _calm(entry, look)


def _calm(entry: OutboxEntry, look: Look) -> str:
    if entry.state == "succeeded":
        by_person = (entry.result or {}).get("evidence")
        return _("A person said that it happened") if by_person else _("The receiver accepted it")
    if entry.held:
        return _("Held until a person releases it")
    if actions.in_hold(entry, look):
        clock = times.when(entry.hold_until, now=look.now, style="seconds").text
        undo = _("May be undone until %(clock)s") % {"clock": clock}
        return f"{undo}. {waits}" if (waits := _waits(entry)) else undo
    return _waits(entry)


def _waits(entry: OutboxEntry) -> str:
    """For what it has to wait besides its hold."""
    before = entry.after
    if entry.state != "pending" or before is None or before.state == "succeeded":
        return ""
    title = words.action_title(before.action_type, before.action)
    return _("Leaves after “%(action)s” is confirmed") % {"action": title}


def group_titles() -> dict[str, str]:
    return {
        "needs_you": _("Needs you"),
        "retrying": _("Retrying"),
        "held": _("Held and queued"),
        "confirmed": _("Recently confirmed"),
        "cancelled": _("Cancelled"),
    }


def _state_words() -> dict[str, str]:
    return {"all": _("All"), **group_titles(), "confirmed": _("Confirmed")}


def _counts() -> dict[str, int]:
    """Only what waits for somebody is counted."""
    waiting = filters.count(OutboxEntry.objects.filter(in_group("needs_you")))
    return {"needs_you": waiting} if waiting else {}


def _narrowed(asked: Asked) -> QuerySet[OutboxEntry]:
    found = entries().filter(narrowing.days(asked, "created_at"))
    if "q" in asked.chosen:
        found = found.filter(narrowing.entries_like(asked.chosen["q"]))
    if "action" in asked.chosen:
        found = found.filter(action=asked.chosen["action"])
    return found


def _form(asked: Asked, here: str) -> FilterForm:
    hint = _("An id of an effect, a proposal or a run, or a customer’s name")
    fields = (filters.search(asked, hint), *filters.days(asked), filters.action(asked))
    return filters.form(fields, asked, here)


def _empty(asked: Asked, here: str) -> Empty:
    if asked.narrowed or asked.paged:
        return filters.nothing(_("No effects match these filters"), asked, here)
    return Empty(
        title=_("Nothing on its way"),
        text=_("What is approved, or allowed by a rule, leaves from here."),
    )
