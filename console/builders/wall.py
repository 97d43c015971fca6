"""The wall: figures of the moment and all live calls."""

from datetime import datetime, timedelta
from typing import Literal

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from console.builders import tiles
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Empty, Link, Stat, Topic
from console.pictures.wall import Wall, WallMetrics
from runs.live.feeds import stamp
from runs.models import Event, Outcome
from voice.models import Call

ASKS_FOR_PERSON = ("asks_for_person",)

_FIRST_RESPONSE = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY wait)
  FROM (SELECT extract(epoch FROM min(t.started_at) - c.answered_at) * 1000 AS wait
          FROM voice_call c JOIN voice_turn t ON t.call_id = c.id AND t.speaker = 'agent'
         WHERE c.rang_at > %s AND c.answered_at IS NOT NULL GROUP BY c.id, c.answered_at) AS first
"""


def wall(look: Look, *, view: Literal["wall", "list"] = "wall", after: int = 0) -> Wall:
    """The wall; `after` live calls are skipped (the part past the first forty)."""
    # Read before the rows: what changes while they are read comes again as a frame.
    version = stamp()
    found = list(tiles.live_calls()[after : after + tiles.MOST + 1])
    shown = found[: tiles.MOST]
    attention, progress = tiles.groups(shown, look)
    here = look.href("wall")
    more = None
    if len(found) > tiles.MOST:
        more = Link(text=_("More calls"), href=f"{here}?after={after + tiles.MOST}")
    return Wall(
        metrics=metrics(look),
        attention=attention,
        progress=progress,
        topic=Topic(name="wall", after=version),
        as_of=look.as_of(),
        view=view,
        views=(
            Link(text=_("Wall"), href=here, icon="layout-grid", current=view == "wall"),
            Link(
                text=_("List"), href=f"{here}?view=list", icon="list-tree", current=view == "list"
            ),
        ),
        empty=None if shown else _empty(look),
        more=more,
    )


def metrics(look: Look) -> WallMetrics:
    counts = Call.objects.filter(state__in=tiles.LIVE).aggregate(
        live=Count("id"),
        needing=Count("id", filter=~Q(attention="")),
        waiting=Count("id", filter=_wants_a_person()),
    )
    return WallMetrics(
        cells=(
            Stat(label=_("Live now"), value=str(counts["live"])),
            Stat(
                label=_("Need attention"),
                value=str(counts["needing"]),
                tone="bad" if counts["needing"] else "neutral",
            ),
            Stat(
                label=_("Waiting for a person"),
                value=str(counts["waiting"]),
                note=_longest(look) if counts["waiting"] else "",
            ),
            _complete(look),
            _first_response(look),
        )
    )


def _wants_a_person() -> Q:
    """The caller asked, by the call's own reason or by a line that nobody has answered yet."""
    lines = Event.objects.filter(run_id=OuterRef("run_id"))
    asked = Exists(lines.filter(kind="handoff.requested"))
    handled = Exists(lines.filter(kind="escalation.handled"))
    reason = Q(attention__startswith="handoff") | Q(attention__in=ASKS_FOR_PERSON)
    return reason | (Q(asked) & ~Q(handled))


def _longest(look: Look) -> str:
    first = (
        Call.objects.filter(_wants_a_person(), state__in=tiles.LIVE, attention_at__isnull=False)
        .order_by("attention_at")
        .values_list("attention_at", flat=True)
        .first()
    )
    if first is None:
        return ""
    return _("longest %(clock)s") % {"clock": times.mmss((look.now - first).total_seconds())}


def _complete(look: Look) -> Stat:
    newest = Outcome.objects.filter(run_id=OuterRef("run_id")).order_by("-version")
    today = Outcome.objects.filter(
        at__gte=_midnight(look.now), id=Subquery(newest.values("id")[:1])
    )
    found = today.aggregate(total=Count("id"), complete=Count("id", filter=Q(complete=True)))
    label = _("Complete intake today")
    if not found["total"]:
        return Stat(label=label, value="–")
    share = round(100 * found["complete"] / found["total"])
    note = _("%(done)d of %(total)d") % {"done": found["complete"], "total": found["total"]}
    return Stat(label=label, value=f"{share}%", note=note)


def _first_response(look: Look) -> Stat:
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_RESPONSE, [look.now - timedelta(hours=1)])
        row = cursor.fetchone()
    label = _("Agent first response, median")
    if row is None or row[0] is None:
        return Stat(label=label, value="–", note=_("last hour"))
    return Stat(label=label, value=str(max(0, round(row[0]))), note=_("ms, last hour"))


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _empty(look: Look) -> Empty:
    last = Call.objects.filter(ended_at__isnull=False).order_by("-ended_at").first()
    text = _("New calls appear here.")
    if last is not None and last.ended_at is not None:
        ended = times.when(last.ended_at, now=look.now)
        text = _("New calls appear here. The last one ended at %(clock)s.") % {"clock": ended.text}
    return Empty(title=_("No calls right now"), text=text)
