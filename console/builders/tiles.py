"""Tiles: live calls on the wall and in the list beside a call."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from console.builders import causes, record
from console.builders import minding as people
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Timer
from console.pictures.wall import Group, Reason, Tile, TileGroup
from console.words import calls as words
from console.words import minding as minding_words
from runs import outcomes, releases
from voice import minding
from voice.models import Call, CallClaim, CallFlag, Turn
from voice.models.call import CallState

MOST = 40
LIVE = (CallState.RINGING, CallState.LIVE)
MOODS = {
    "caller_speaking": "speaking",
    "agent_speaking": "speaking",
    "thinking": "speaking",
    "interrupted": "speaking",
    "silent": "trouble",
    "noisy": "trouble",
    "unobserved": "trouble",
}


def live_calls() -> QuerySet[Call]:
    """Who needs somebody first, whatever page they are on; oldest first in each group, so that tiles stay."""
    flagged = CallFlag.objects.filter(call_id=OuterRef("id"), down_at=None)
    return (
        Call.objects.filter(state__in=LIVE)
        .select_related("run__release", "customer")
        .annotate(calm=Q(attention="") & ~Exists(flagged))
        .order_by("calm", "rang_at", "id")
    )


def groups(calls: Sequence[Call], look: Look, *, current: str = "") -> tuple[TileGroup, TileGroup]:
    made = tiles(calls, look, current=current)
    attention = tuple(tile for tile in made if tile.group == "attention")
    progress = tuple(tile for tile in made if tile.group == "progress")
    return (
        TileGroup(key="attention", title=_("Needs attention"), tiles=attention),
        TileGroup(key="progress", title=_("In progress"), tiles=progress),
    )


def tiles(calls: Iterable[Call], look: Look, *, current: str = "") -> list[Tile]:
    """Tiles of calls that were read with their run, release and customer: nine queries for all."""
    calls = list(calls)
    known = _read(calls, look)
    return [_tile(call, known, look, current=current) for call in calls]


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for all tiles at once."""

    values: Mapping[uuid.UUID, Any]
    last: Mapping[uuid.UUID, Turn]
    watchers: Mapping[uuid.UUID, list[tuple[uuid.UUID, str]]]
    claims: Mapping[uuid.UUID, CallClaim]
    flags: Mapping[uuid.UUID, list[CallFlag]]
    causes: Mapping[uuid.UUID, str]


def _read(calls: Sequence[Call], look: Look) -> Known:
    ids = [call.id for call in calls]
    return Known(
        values=outcomes.current([call.run_id for call in calls]),
        last=_last_turns(calls),
        watchers=minding.watchers(ids, look.now),
        claims=minding.claims(ids, look.now),
        flags=minding.flags(ids),
        causes=causes.of_calls([call for call in calls if call.attention]),
    )


def mood(call: Call) -> str:
    """What the filter of the wall calls the state of a line."""
    if call.state == CallState.RINGING:
        return "ringing"
    return MOODS.get(call.voice_state, "waiting")


def _tile(call: Call, known: Known, look: Look, *, current: str) -> Tile:
    content = releases.content_of(call.run.release)
    values, last = known.values[call.run_id], known.last.get(call.id)
    ended = call.state not in LIVE
    flags, claim = known.flags.get(call.id, []), known.claims.get(call.id)
    reason = _reason(call, content.objective, look, known.causes.get(call.id, ""))
    reason = reason or _flagged(flags)
    group: Group = "attention" if reason is not None and not ended else "progress"
    watchers = people.avatars(known.watchers.get(call.id, ()))
    state = "ringing" if call.state == CallState.RINGING else call.voice_state
    return Tile(
        key=call.public_id,
        order=f"{call.rang_at:%Y%m%d%H%M%S%f}{call.id}",
        group=group,
        href=look.href("live-call", call.public_id),
        name=look.caller(call),
        workflow=content.workflow.title,
        handle=look.handle(call.public_id),
        timer=timer(call, look),
        state=words.voice_state(state, ended=(call.end_reason or "ended") if ended else ""),
        segments=record.segments(content.objective, values),
        last_line=_last_line(last),
        reason=None if ended else reason,
        ended=ended,
        current=call.public_id == current,
        watchers=watchers,
        watching_words=people.watching_words(watchers),
        agent=content.workflow.name,
        mood=mood(call),
        claimed_by=str(claim.person_id) if claim else "",
        claimed_text=people.claim_words(claim) if claim else "",
        flags=tuple(minding_words.flag(one.code) for one in flags),
    )


def timer(call: Call, look: Look) -> Timer:
    return times.timer(call.answered_at or call.rang_at, now=look.now, ended_at=call.ended_at)


def _flagged(flags: Sequence[CallFlag]) -> Reason | None:
    if not flags:
        return None
    words_of = {"reason": minding_words.flag(flags[0].code), "name": flags[0].name}
    text = _("%(reason)s, flagged by %(name)s") % words_of
    return Reason(text=text, tone="warn", icon="triangle-alert", quote=flags[0].note)


def _reason(call: Call, objective: releases.Objective, look: Look, quote: str) -> Reason | None:
    if not call.attention:
        return None
    found = words.attention(call.attention, objective)
    if call.attention_at is None:
        return replace(found, quote=quote)
    began = call.answered_at or call.rang_at
    clock = times.mmss((call.attention_at - began).total_seconds())
    # The clock runs from the first reason; the words are those of the newest.
    text = _("%(reason)s, open since %(clock)s") % {"reason": found.text, "clock": clock}
    return Reason(text=text, tone=found.tone, icon=found.icon, quote=quote, label=found.text)


def _last_line(turn: Turn | None) -> str:
    if turn is None:
        return ""
    text = turn.text if turn.heard_chars is None else turn.text[: turn.heard_chars]
    quoted = _("“%(words)s”") % {"words": text.strip()[:280]}
    return _("Agent: %(line)s") % {"line": quoted} if turn.speaker == "agent" else quoted


def _last_turns(calls: Sequence[Call]) -> dict[uuid.UUID, Turn]:
    # One step back in the index for each call, however long it is: the workspace is named for that.
    said = Turn.objects.filter(workspace_id=OuterRef("workspace_id"), call_id=OuterRef("id"))
    last = said.exclude(text="").order_by("-position").values("id")[:1]
    found = Call.objects.filter(id__in=[call.id for call in calls])
    # Read first: as one query the database reads every turn of the workspace.
    ids = list(found.values_list(Subquery(last), flat=True))
    return {turn.call_id: turn for turn in Turn.objects.filter(id__in=ids)}
