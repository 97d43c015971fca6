"""The frame: workspace, person, rail with its counts."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import notices
from approvals.models import Proposal
from console.builders import promise_list, settings_nav
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Avatar, Link, Tone
from console.pictures.shell import NavItem, Shell
from console.words import refusals
from runs import preferences
from runs.access import Permission, can
from runs.live.feeds import stamp
from runs.models import Membership, User
from runs.people import Actor
from voice.models import Call

MOST = 99


def shell(
    look: Look,
    user: User,
    actor: Actor,
    *,
    title: str,
    current: str = "",
    live: bool = False,
    socket: bool = False,
) -> Shell:
    """`live` pages read themselves again without a script; with `socket` alone what is typed stays."""
    local = timezone.localtime(look.now)
    told = notices_of(actor)
    return Shell(
        title=title,
        workspace_name=look.workspace.name,
        workspace_slug=look.workspace.slug,
        workspace_initial=look.workspace.name[:1].upper(),
        person=Avatar(initials=user.initials, name=user.name),
        person_roles=", ".join(refusals.role(one) for one in sorted(actor.roles)).capitalize(),
        person_email=user.email,
        zone=local.tzname() or "",
        clock=times.clock(look.now),
        now=look.now,
        nav=_nav(look, actor, current),
        test_line=look.workspace.test_line,
        workspaces=_workspaces(look, user),
        socket_path=f"/ws/{look.workspace.slug}/live/" if live or socket else "",
        person_key=str(user.id),
        logout_href=reverse("account_logout"),
        search_href=look.href("search"),
        notices_href=look.href("notices"),
        notices_count=told,
        notices_words=notices_words(told),
        notices_after=stamp(),
        preferences_href=look.href("preferences"),
        settings=settings_nav.groups(look, actor, current),
        zone_shift=int((local.utcoffset() or timedelta()).total_seconds()),
        wishes=preferences.of(user),
        refresh_seconds=10 if live else 0,
    )


def notices_of(actor: Actor) -> int:
    return notices.unread(actor).values("id")[:MOST].count()


def notices_words(count: int) -> str:
    return ngettext("%(n)d notice", "%(n)d notices", count) % {"n": count}


def counts(now: datetime) -> dict[str, int]:
    """How many live calls and promises need somebody and how many proposals wait, up to 99."""
    calls = Call.objects.filter(state__in=["ringing", "live"]).exclude(attention="")
    waiting = Proposal.objects.filter(state="pending")
    return {
        "live": calls.values("id")[:MOST].count(),
        "approvals": waiting.values("id")[:MOST].count(),
        "promises": promise_list.waiting(now).values("id")[:MOST].count(),
    }


def count_words(name: str, count: int) -> str:
    if name == "live":
        return ngettext("%(n)d call needs attention", "%(n)d calls need attention", count) % {
            "n": count
        }
    if name == "promises":
        return ngettext("%(n)d needs somebody", "%(n)d need somebody", count) % {"n": count}
    return ngettext("%(n)d to review", "%(n)d to review", count) % {"n": count}


def badges(now: datetime) -> dict[str, dict[str, object]]:
    """The rail's counts as live frames carry them."""
    return {
        name: {"count": count, "words": count_words(name, count)}
        for name, count in counts(now).items()
    }


def _nav(look: Look, actor: Actor, current: str) -> tuple[NavItem, ...]:
    numbers = counts(look.now)
    items: tuple[tuple[str, str, str, str, Permission, Tone], ...] = (
        ("live", _("Live"), "wall", "radio", Permission.SEE_CALLS, "bad"),
        ("approvals", _("Approvals"), "approvals", "inbox", Permission.SEE_PROPOSALS, "neutral"),
        ("calls", _("Calls"), "calls", "phone", Permission.SEE_CALLS, "neutral"),
        ("promises", _("Promises"), "promises", "handshake", Permission.SEE_CALLS, "bad"),
        ("runs", _("Runs"), "runs", "workflow", Permission.SEE_RUNS, "neutral"),
        ("outbox", _("Outbox"), "outbox", "send", Permission.SEE_OUTBOX, "neutral"),
        ("audit", _("Audit"), "audit", "history", Permission.SEE_AUDIT, "neutral"),
    )
    seen = tuple(
        NavItem(
            key=key,
            text=text,
            href=look.href(name),
            icon=icon,
            badge=numbers.get(key, 0),
            badge_words=count_words(key, numbers[key]) if key in numbers else "",
            badge_tone=tone,
            current=key == current,
        )
        for key, text, name, icon, permission, tone in items
        if can(actor, permission)
    )
    settings = NavItem(
        key="settings",
        text=_("Settings"),
        href=look.href("preferences"),
        icon="settings",
        current=current in settings_nav.PAGES,
    )
    return (*seen, settings)


def _workspaces(look: Look, user: User) -> tuple[Link, ...]:
    found = Membership.objects.filter(user=user).select_related("workspace")
    links = tuple(
        Link(
            text=one.workspace.name,
            href=reverse("workspace", args=[one.workspace.slug]),
            current=one.workspace_id == look.workspace.id,
        )
        for one in found.order_by("workspace__name")
    )
    return links if len(links) > 1 else ()
