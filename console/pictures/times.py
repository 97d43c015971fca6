"""Moments in the words of the person's zone. The caller reads the clock once and passes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, pgettext

from console.pictures.pieces import Timer, When

Style = Literal["relative", "clock", "seconds", "full"]
_HOURS: ContextVar[str] = ContextVar("hours", default="24")


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


def whole(seconds: int) -> str:
    """10 s, 90 s, 5 min."""
    if seconds and seconds % 60 == 0:
        return gettext("%(count)d min") % {"count": seconds // 60}
    return gettext("%(count)d s") % {"count": seconds}


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
        return gettext("%(count)s s") % {"count": number_format(seconds, 1)}
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
        return _overdue(-seconds)
    if seconds < 60:
        return gettext("%(count)d s left") % {"count": seconds}
    if seconds < 7200:
        minutes = seconds // 60
        return ngettext("%(count)d min left", "%(count)d min left", minutes) % {"count": minutes}
    hours = seconds // 3600
    return ngettext("%(count)d h left", "%(count)d h left", hours) % {"count": hours}


def _overdue(seconds: int) -> str:
    if seconds < 7200:
        minutes = max(1, seconds // 60)
        return ngettext("Overdue %(count)d min", "Overdue %(count)d min", minutes) % {
            "count": minutes
        }
    if seconds < 172800:
        hours = seconds // 3600
        return ngettext("Overdue %(count)d h", "Overdue %(count)d h", hours) % {"count": hours}
    days = seconds // 86400
    return ngettext("Overdue %(count)d day", "Overdue %(count)d days", days) % {"count": days}


def exact(at: datetime) -> str:
    """Local time with its zone, and UTC: for titles and for copying."""
    local = timezone.localtime(at)
    utc = at.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()} ({utc:%Y-%m-%d %H:%M:%S.%f} UTC)"


def full(at: datetime, *, seconds: bool = True) -> str:
    """21 Nov 2026, 13:58:40 GMT."""
    return gettext("%(date)s, %(clock)s %(zone)s") % {
        "date": day(at),
        "clock": clock(at, seconds=seconds),
        "zone": timezone.localtime(at).tzname(),
    }


def clock(at: datetime, *, seconds: bool = False) -> str:
    """14:05, or 2:05 PM where the person wants twelve hours; with seconds 14:05:09."""
    local = timezone.localtime(at)
    if _HOURS.get() == "12":
        return (
            f"{local.hour % 12 or 12}:{local:%M:%S %p}"
            if seconds
            else f"{local.hour % 12 or 12}:{local:%M %p}"
        )
    return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"


def day(at: datetime | date) -> str:
    """21 Nov 2026, as the reader's language writes it."""
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    # Translators: a date format of Django, for example "j. M Y" for "21. Nov. 2026".
    return date_format(local, pgettext("date format", "j M Y"))


@contextmanager
def hours(wanted: str) -> Iterator[None]:
    """Clocks of this context show "24" or "12" hours, as zone and language hold for a context."""
    token = _HOURS.set(wanted)
    try:
        yield
    finally:
        _HOURS.reset(token)


def _absolute(at: datetime, *, now: datetime, style: Style) -> str:
    if style == "full":
        return full(at)
    shown = clock(at, seconds=style == "seconds")
    if timezone.localtime(at).date() == timezone.localtime(now).date():
        return shown
    return gettext("%(date)s, %(clock)s") % {"date": day(at), "clock": shown}
