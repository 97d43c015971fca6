"""Moments in the words of the person's zone. The caller reads the clock once and passes it."""

from datetime import UTC, datetime
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from console.pictures.pieces import Timer, When

Style = Literal["relative", "clock", "seconds", "full"]


def when(at: datetime, *, now: datetime, style: Style = "clock") -> When:
    """`relative` up to an hour, else the clock; days other than today carry their date."""
    if style == "relative" and 0 <= (now - at).total_seconds() < 3600:
        return When(at=at, text=ago(at, now=now), title=exact(at), relative=True)
    return When(at=at, text=_absolute(at, now=now, style=style), title=exact(at))


def timer(started_at: datetime, *, now: datetime, ended_at: datetime | None = None) -> Timer:
    seconds = ((ended_at or now) - started_at).total_seconds()
    return Timer(started_at=started_at, text=mmss(seconds), running=ended_at is None)


def ago(at: datetime, *, now: datetime) -> str:
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < 60:
        return gettext("%(count)d s") % {"count": seconds}
    return gettext("%(count)d min") % {"count": seconds // 60}


def mmss(seconds: float) -> str:
    """03:41, and 1:03:41 past the hour."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes:02d}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def took(milliseconds: float) -> str:
    """240 ms, 3.1 s, 6 min 12 s."""
    if milliseconds < 1000:
        return gettext("%(count)d ms") % {"count": round(milliseconds)}
    seconds = milliseconds / 1000
    if seconds < 10:
        return gettext("%(count)s s") % {"count": f"{seconds:.1f}"}
    if seconds < 60:
        return gettext("%(count)d s") % {"count": round(seconds)}
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return gettext("%(minutes)d min %(seconds)d s") % {
            "minutes": minutes,
            "seconds": rest,
        }
    hours, minutes = divmod(minutes, 60)
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def left(until: datetime, *, now: datetime) -> str:
    """ "24 min left", "Overdue 4 min"."""
    seconds = int((until - now).total_seconds())
    if seconds < 0:
        minutes = max(1, -seconds // 60)
        return ngettext("Overdue %(count)d min", "Overdue %(count)d min", minutes) % {
            "count": minutes
        }
    if seconds < 60:
        return gettext("%(count)d s left") % {"count": seconds}
    if seconds < 7200:
        minutes = seconds // 60
        return ngettext("%(count)d min left", "%(count)d min left", minutes) % {"count": minutes}
    hours = seconds // 3600
    return ngettext("%(count)d h left", "%(count)d h left", hours) % {"count": hours}


def exact(at: datetime) -> str:
    """Local time with its zone, and UTC: for titles and for copying."""
    local = timezone.localtime(at)
    utc = at.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()} ({utc:%Y-%m-%d %H:%M:%S.%f} UTC)"


def full(at: datetime) -> str:
    """21 Nov 2026, 13:58:40 GMT."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'j M Y, H:i:s')} {local.tzname()}"


def _absolute(at: datetime, *, now: datetime, style: Style) -> str:
    if style == "full":
        return full(at)
    local = timezone.localtime(at)
    clock = f"{local:%H:%M:%S}" if style == "seconds" else f"{local:%H:%M}"
    if local.date() == timezone.localtime(now).date():
        return clock
    return gettext("%(date)s, %(clock)s") % {
        "date": date_format(local, "j M Y"),
        "clock": clock,
    }
