"""What keeps effects from leaving: people who stopped sending, connections that do not answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import breakers, pauses
from approvals.models import Breaker, OutboxEntry, Pause
from console.builders import holders, narrowing
from console.builders.look import Look
from console.pictures import times
from console.pictures.outbox import StopForm, Stops
from console.pictures.pieces import Banner, Link
from console.words import gate as words
from runs import access
from runs.access import Permission, can
from runs.people import Actor
from voice.models import Connection


def stops(standing: Sequence[Pause], actor: Actor, look: Look) -> Stops:
    may = can(actor, Permission.MANAGE_SETTINGS)
    return Stops(
        banners=tuple(banners(standing, look, may=may)),
        form=_form(standing, look) if may else None,
        off_reason="" if may else holders.needs(look, access.holders(Permission.MANAGE_SETTINGS)),
    )


def of_wall(look: Look) -> tuple[Banner, ...]:
    """The same for everybody who watches calls; the outbox is where it is changed."""
    outbox = (Link(text=_("Open outbox"), href=look.href("outbox"), icon="send"),)
    return tuple(replace(one, links=outbox) for one in banners(pauses.standing(), look, may=False))


def banners(standing: Sequence[Pause], look: Look, *, may: bool) -> Iterable[Banner]:
    for pause in standing:
        yield _pause(pause, look, may=may)
    found = breakers.open_ones()
    names = _names(found)
    for breaker in found:
        yield _breaker(breaker, names, look, may=may)


def _pause(pause: Pause, look: Look, *, may: bool) -> Banner:
    href = f"{look.href('outbox-resume')}?action={pause.action}"
    told = {
        "name": pause.by_name,
        "clock": times.when(pause.at, now=look.now).text,
        "reason": pause.reason,
    }
    return Banner(
        tone="warn",
        icon="pause",
        title=_pause_title(pause),
        text=" ".join(
            (_("%(name)s, %(clock)s: %(reason)s.") % told, _waiting(pauses.waiting(pause)))
        ),
        links=(Link(text=_("Go on sending"), href=href, icon="play", method="post"),)
        if may
        else (),
    )


def _pause_title(pause: Pause) -> str:
    flying = pauses.in_flight(pause)
    if pause.mode == "pause":
        title = _("Sending is stopped.")
        if pause.action:
            title = _("Sending of %(action)s is stopped.") % {"action": pause.action}
        return title
    if flying:
        return ngettext(
            "Draining: %(n)d effect is still being sent.",
            "Draining: %(n)d effects are still being sent.",
            flying,
        ) % {"n": flying}
    return _("Drained: what was allowed before is sent.")


def _waiting(count: int) -> str:
    return ngettext("%(n)d effect waits.", "%(n)d effects wait.", count) % {"n": count}


def _breaker(breaker: Breaker, names: dict[str, str], look: Look, *, may: bool) -> Banner:
    waits = OutboxEntry.objects.filter(
        connection_id=breaker.connection_id, state__in=["pending", "reconcile"]
    ).count()
    left = round(breakers.next_probe(breaker, look.now).total_seconds())
    since = times.when(breaker.opened_at or breaker.changed_at, now=look.now).text
    probe = _("It is being asked now.")
    if left > 0:
        probe = _("Next probe in %(seconds)d s.") % {"seconds": left}
    href = look.href("outbox-probe", breaker.connection_id)
    return Banner(
        tone="bad",
        icon="unplug",
        title=_("%(name)s does not answer since %(clock)s.")
        % {"name": names.get(str(breaker.connection_id), _("A connection")), "clock": since},
        text=" ".join((words.entry_reason(breaker.reason), _waiting(waits), probe)),
        links=(Link(text=_("Try now"), href=href, icon="refresh-cw", method="post"),)
        if may
        else (),
    )


def _names(found: Sequence[Breaker]) -> dict[str, str]:
    wanted = [one.connection_id for one in found]
    if not wanted:
        return {}
    known = Connection.objects.filter(id__in=wanted).values_list("id", "name")
    return {str(key): name for key, name in known}


def _form(standing: Sequence[Pause], look: Look) -> StopForm | None:
    stopped = {pause.action for pause in standing}
    choices = [("", _("All actions")), *((key, key) for key in narrowing.actions())]
    free = tuple(one for one in choices if one[0] not in stopped)
    if not free:
        return None
    return StopForm(href=look.href("outbox-stop"), actions=free, reason_limit=pauses.MAX_REASON)
