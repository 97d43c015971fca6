"""Rows of lists that changed: tiles of the wall, the approvals queue, the outbox."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from approvals import pauses
from approvals.models import OutboxEntry, Proposal
from console.builders import outbox, place, queue, shell, stops, tiles, wall
from console.builders.look import Look
from console.frames import Frame, Piece, Topical
from runs.live.feeds import Message
from runs.models import Promise
from voice.models import Call

_MARGIN = timedelta(seconds=2)  # clocks of two machines, and transactions that commit late
_LATE = timedelta(seconds=12)
_FIGURES = ("call", "escalation", "handoff", "outcome", "")
_STOPS = ("pause", "")


def frames(topic: Topical, name: str, messages: Sequence[Message], look: Look) -> list[Frame]:
    """`messages` name runs that changed, or a moment since which everything is wanted."""
    runs = {uuid.UUID(str(one["run"])) for one in messages if one.get("run")}
    since = min((_moment(one["since"]) for one in messages if "since" in one), default=None)
    if name == "promises":
        return _promises(topic, bool(runs), since, look)
    rows = {"wall": _wall, "approvals": _approvals, "outbox": _outbox}[name]
    pieces = list(rows(runs, since, look))
    kinds = {str(one.get("kind", "")).split(".", 1)[0] for one in messages if "voice" not in one}
    if name == "wall" and kinds.intersection(_FIGURES):
        pieces.append(_metrics(look))
    if name == "wall" and kinds.intersection(_STOPS):
        pieces.append(_stops(look, aloud="pause" in kinds))
    made = [topic.piece(piece, f"{name}.changed") for piece in pieces]
    if name in ("wall", "approvals") and kinds:
        made.append(topic.frame("badges", data={"badges": shell.badges(look.now)}))
    return made


def _promises(topic: Topical, moved: bool, since: datetime | None, look: Look) -> list[Frame]:
    """What an address narrows is read again by its page. Right after a reading only what moved since is a
    reason: a page that has just read itself must not be told to do so again."""
    late = since is not None and (
        look.now - since > _LATE
        or Promise.objects.filter(Q(at__gt=since) | Q(settled_at__gt=since)).exists()
    )
    if not moved and not late:
        return []
    badges = topic.frame("badges", data={"badges": shell.badges(look.now)})
    return [topic.frame("snapshot.needed"), badges]


def _moment(milliseconds: Any) -> datetime:
    """A moment far from now is no version of ours: nothing newer than it is the whole list."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) - _MARGIN
    except (OverflowError, ValueError, OSError):
        return datetime.now(UTC) - _MARGIN


def _wall(runs: set[uuid.UUID], since: datetime | None, look: Look) -> Iterable[Piece]:
    wanted = Q(run_id__in=runs)
    if since is not None:
        wanted |= Q(state__in=tiles.LIVE) | Q(ended_at__gt=since)
    calls = (
        Call.objects.filter(wanted)
        .select_related("run__release", "customer")
        .order_by("rang_at", "id")
    )
    for tile in tiles.tiles(calls[: 2 * tiles.MOST], look):
        yield Piece(
            target=f"wall-{tile.group}",
            template="live/_tile.html",
            name="tile",
            picture=tile,
            key=f"tile-{tile.key}",
            order=tile.order,
        )


def _metrics(look: Look) -> Piece:
    return Piece(
        target="wall-metrics",
        template="live/_metrics.html",
        name="metrics",
        picture=wall.metrics(look),
        key="wall-metrics",
    )


def _stops(look: Look, *, aloud: bool) -> Piece:
    standing = stops.of_wall(look)
    return Piece(
        target="wall-stops",
        template="live/_stops.html",
        name="stops",
        picture=standing,
        key="wall-stops",
        say=" ".join(one.title for one in standing) if aloud else "",
    )


def _approvals(runs: set[uuid.UUID], since: datetime | None, look: Look) -> Iterable[Piece]:
    wanted = Q(run_id__in=runs)
    if since is not None:
        changed = OutboxEntry.objects.filter(Q(created_at__gt=since) | Q(finished_at__gt=since))
        wanted |= Q(proposed_at__gt=since) | Q(decided_at__gt=since)
        wanted |= Q(id__in=changed.values("proposal_id"))
    found = (
        Proposal.objects.filter(wanted)
        .select_related("run__release", "customer", "decided_by")
        .order_by("approve_by", "id")[: place.PAGE]
    )
    for row in queue.rows(list(found), look):
        yield Piece(
            target="queue",
            template="approvals/_queue_row.html",
            name="row",
            picture=row,
            key=f"queue-{row.key}",
            order=row.order,
        )


def _outbox(runs: set[uuid.UUID], since: datetime | None, look: Look) -> Iterable[Piece]:
    wanted = Q(run_id__in=runs)
    if since is not None:
        wanted |= Q(created_at__gt=since) | Q(finished_at__gt=since)
        wanted |= Q(state__in=["pending", "sending", "reconcile"])
    standing = pauses.standing()
    for entry in outbox.entries().filter(wanted).order_by("-created_at", "-id")[: outbox.PAGE]:
        row = outbox.row(entry, look, standing)
        yield Piece(
            target=f"outbox-{outbox.group_of(entry, look)}-rows",
            template="outbox/_outbox_row.html",
            name="row",
            picture=row,
            key=f"outbox-{row.key}",
            order=row.order,
        )
