"""The wall: figures of the moment and all live calls."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.builders import filters, stops, tiles
from console.builders.look import Look
from console.pictures import times
from console.pictures.lists import KeptViews
from console.pictures.pieces import Empty, Link, Option, Stat, Topic
from console.pictures.wall import Wall, WallFilter, WallMetrics
from runs import scope
from runs.live.feeds import stamp
from runs.models import Event, Outcome, Workflow
from runs.people import Actor
from voice.models import Call, CallClaim, CallFlag
from voice.models.call import CallState

NOBODY = uuid.UUID(int=0)
MOST_AGENTS = 50
LONG_MS = 10_000
RANG_LAST = 50
ASKS_FOR_PERSON = ("asks_for_person",)

_FIRST_RESPONSE = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY wait)
  FROM (SELECT extract(epoch FROM min(t.started_at) - c.answered_at) * 1000 AS wait
          FROM voice_call c JOIN voice_turn t ON t.call_id = c.id AND t.speaker = 'agent'
         WHERE c.rang_at > %s AND c.answered_at IS NOT NULL GROUP BY c.id, c.answered_at) AS first
"""


MOODS = ("ringing", "speaking", "waiting", "trouble")
ASKED: dict[str, Any] = {"states": MOODS, "names": ("agent", "attention", "mine", "view")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address narrows the wall to. `person` is who looks: "mine" is what they claimed."""

    state: str = ""
    agent: str = ""
    attention: bool = False
    mine: bool = False
    person: uuid.UUID | None = None

    @classmethod
    def of(cls, query: Mapping[str, Any], actor: Actor) -> "Asked":
        """Words that mean nothing narrow nothing."""
        state = str(query.get("state", ""))
        return cls(
            state=state if state in MOODS else "",
            agent=str(query.get("agent", ""))[:80],
            attention=query.get("attention") == "1",
            mine=query.get("mine") == "1",
            person=actor.user_id,
        )

    @property
    def any(self) -> bool:
        return self.count > 0

    @property
    def count(self) -> int:
        return sum(map(bool, (self.state, self.agent, self.attention, self.mine)))

    def query(self, view: str = "", **more: object) -> str:
        words = {
            "state": self.state,
            "agent": self.agent,
            "attention": "1" if self.attention else "",
            "mine": "1" if self.mine else "",
            "view": "list" if view == "list" else "",
            **more,
        }
        return urlencode({key: word for key, word in words.items() if word})

    def narrow(self, calls: QuerySet[Call], at: datetime) -> QuerySet[Call]:
        if self.agent:
            calls = calls.filter(run__release__workflow__name=self.agent)
        if self.attention:
            flagged = CallFlag.objects.filter(call_id=OuterRef("id"), down_at=None)
            calls = calls.filter(~Q(attention="") | Exists(flagged))
        if self.mine:
            held = CallClaim.objects.filter(
                call_id=OuterRef("id"), person_id=self.person or NOBODY, until__gt=at
            )
            calls = calls.filter(Exists(held))
        if self.state == "ringing":
            return calls.filter(state=CallState.RINGING)
        if self.state == "waiting":
            return calls.filter(state=CallState.LIVE).exclude(voice_state__in=tiles.MOODS)
        if self.state:
            codes = [code for code, mood in tiles.MOODS.items() if mood == self.state]
            return calls.filter(state=CallState.LIVE, voice_state__in=codes)
        return calls


def wall(
    look: Look,
    *,
    asked: Asked | None = None,
    view: Literal["wall", "list"] = "wall",
    after: int = 0,
    kept: KeptViews | None = None,
) -> Wall:
    """The wall; `after` live calls are skipped (the part past the first forty)."""
    asked = asked or Asked()
    # Read before the rows: what changes while they are read comes again as a frame.
    version = stamp()
    narrowed = asked.narrow(tiles.live_calls(), look.now)
    found = list(narrowed[after : after + tiles.MOST + 1])
    shown = found[: tiles.MOST]
    attention, progress = tiles.groups(shown, look)
    here = look.href("wall")
    more = None
    if len(found) > tiles.MOST:
        query = asked.query(view, after=after + tiles.MOST)
        more = Link(text=_("More calls"), href=f"{here}?{query}")
    return Wall(
        metrics=metrics(look),
        attention=attention,
        progress=progress,
        stops=stops.of_wall(look),
        topic=Topic(name="wall", after=version),
        as_of=look.as_of(),
        view=view,
        views=(
            Link(
                text=_("Wall"),
                href=f"{here}?{asked.query()}".rstrip("?"),
                icon="layout-grid",
                current=view == "wall",
            ),
            Link(
                text=_("List"),
                href=f"{here}?{asked.query('list')}",
                icon="list-tree",
                current=view == "list",
            ),
        ),
        filter=_filter(asked, view, look),
        kept=kept,
        count_text=_count(narrowed, shown, after),
        empty=None if shown else _no_match(here) if asked.any else _empty(look),
        more=more,
        paged=more is not None or after > 0,
    )


def _filter(asked: Asked, view: str, look: Look) -> WallFilter:
    here = look.href("wall")
    states = {
        "": _("All states"),
        "ringing": _("Ringing"),
        "speaking": _("Somebody speaks"),
        "waiting": _("Waiting for caller"),
        "trouble": _("Silent, noisy or not observed"),
    }
    agents = Workflow.objects.order_by("title", "name").values_list("name", "title")
    named = [("", _("All agents")), *agents[:MOST_AGENTS]]
    return WallFilter(
        state=asked.state,
        agent=asked.agent,
        attention=asked.attention,
        mine=str(asked.person) if asked.mine else "",
        states=tuple(
            Option(value=key, text=text, chosen=key == asked.state) for key, text in states.items()
        ),
        agents=tuple(
            Option(value=key, text=text, chosen=key == asked.agent) for key, text in named
        ),
        action=here,
        clear_href=f"{here}?view={view}" if asked.any else "",
        view="list" if view == "list" else "",
        count=asked.count,
        count_words=ngettext("%(n)d filter on", "%(n)d filters on", asked.count)
        % {"n": asked.count},
    )


def _count(narrowed: QuerySet[Call], shown: Sequence[Call], after: int) -> str:
    """How much of it the page shows, where it is not all."""
    if not after and len(shown) < tiles.MOST:
        return ""
    total = filters.count(narrowed)
    return _("%(first)d to %(last)d of %(total)d") % {
        "first": after + 1,
        "last": after + len(shown),
        "total": total,
    }


def _no_match(here: str) -> Empty:
    return Empty(
        title=_("No live calls match these filters"),
        link=Link(text=_("Clear filters"), href=here),
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
    waited = max(0, round(row[0]))
    if waited >= LONG_MS:
        return Stat(label=label, value=times.took(waited), note=_("last hour"))
    return Stat(label=label, value=str(waited), note=_("ms, last hour"))


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _empty(look: Look) -> Empty:
    # The index has them by their ring: one that rang before these cannot have ended much later.
    over = Call.objects.filter(workspace_id=scope.only(), ended_at__isnull=False)
    rang_last = over.order_by("-rang_at", "-id").values_list("ended_at", flat=True)[:RANG_LAST]
    last = max(filter(None, rang_last), default=None)
    text = _("New calls appear here.")
    if last is not None:
        ended = times.when(last, now=look.now)
        text = _("New calls appear here. The last one ended at %(clock)s.") % {"clock": ended.text}
    return Empty(title=_("No calls right now"), text=text)
