"""Words of promises: what stands behind one, its channel, its type, its time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals import promised
from console.pictures import times
from console.pictures.pieces import Pill, Tone
from runs.models import Promise

Words = Callable[[], str]

SOON = timedelta(hours=2)

_STATES: dict[str, tuple[Words, Tone, str]] = {
    "unbacked": (lambda: _("Nothing backs this"), "bad", "circle-alert"),
    "under_way": (lambda: _("Under way"), "info", "send"),
    "wished": (lambda: _("Waits for approval"), "warn", "user-check"),
    "kept": (lambda: _("Kept"), "ok", "circle-check"),
    "broken": (lambda: _("Broken: what was to keep it failed"), "bad", "circle-x"),
    "overdue": (lambda: _("Broken: its time is over"), "bad", "clock"),
    "done": (lambda: _("Done by hand"), "neutral", "user-check"),
    "withdrawn": (lambda: _("Withdrawn"), "neutral", "ban"),
}

CHANNELS: dict[str, tuple[Words, str]] = {
    "email": (lambda: _("E-mail"), "mail"),
    "sms": (lambda: _("Text message"), "message-square"),
    "call": (lambda: _("Phone call"), "phone-outgoing"),
    "visit": (lambda: _("Visit"), "route"),
    "task": (lambda: _("Task"), "square-check-big"),
    "other": (lambda: pgettext("channel", "Other"), "handshake"),
}

TYPES: dict[str, Words] = {
    "immediate": lambda: pgettext("promise", "At once"),
    "scheduled": lambda: pgettext("promise", "At a set time"),
    "callback": lambda: pgettext("promise", "Call back"),
    "conditional": lambda: pgettext("promise", "On a condition"),
    "open": lambda: pgettext("promise", "No time named"),
}

REASONS: dict[str, Words] = {
    "not_promised": lambda: _("This was not promised"),
    "not_wanted": lambda: _("The caller does not want it any more"),
    "twice": lambda: _("It stands here twice"),
    "cannot_be_kept": lambda: _("It cannot be kept; the caller was told"),
    "other": lambda: _("Other, see the note"),
}


def is_open(promise: Promise) -> bool:
    return promise.state in promised.OPEN


def state(promise: Promise, now: datetime) -> Pill:
    """A receipt, a wish on its way, nothing at all, or a person's word: each said by its name."""
    key = str(promise.state)
    if promised.is_overdue(promise, now):
        key = "overdue"
    elif key == "under_way" and promise.backing.startswith("PRO-"):
        key = "wished"
    words, tone, icon = _STATES[key]
    return Pill(text=words(), tone=tone, icon=icon)


def sla(promise: Promise, now: datetime) -> Pill | None:
    """How much time is left, while it is open. The words say what the colour says."""
    if not is_open(promise):
        return None
    if promise.due_at is None:
        return Pill(text=_("No date was said"), icon="clock")
    left = promise.due_at - now
    if left < timedelta():
        return Pill(text=times.left(promise.due_at, now=now), tone="bad", icon="clock")
    tone: Tone = "warn" if left < SOON else "ok"
    return Pill(text=times.left(promise.due_at, now=now), tone=tone, icon="clock")


def channel(kind: str) -> tuple[str, str]:
    words, icon = CHANNELS.get(kind, CHANNELS["other"])
    return words(), icon


def type_name(code: str) -> str:
    return TYPES[code]() if code in TYPES else code


def reason(code: str) -> str:
    return REASONS[code]() if code in REASONS else ""
