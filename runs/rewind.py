"""A run as it stood at one of its lines: what the ledger says up to there, folded. Nothing else is read."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from runs.errors import NotFound
from runs.ledger import Written
from runs.models import Event, Run

_TURNS = {
    "turn.opened": "reserved",
    "turn.cut": "cut",
    "turn.unavailable": "unavailable",
}
_PROPOSALS = {
    "proposal.made": "pending",
    "proposal.approved": "approved",
    "proposal.rejected": "rejected",
    "proposal.undone": "pending",
    "proposal.expired": "expired",
    "proposal.conflicted": "conflict",
    "proposal.withdrawn": "withdrawn",
    "proposal.superseded": "superseded",
}
_ENTRIES = {
    "outbox.queued": "queued",
    "outbox.held": "held",
    "outbox.released": "queued",
    "outbox.claimed": "sending",
    "outbox.retried": "retrying",
    "outbox.confirmed": "succeeded",
    "outbox.failed": "failed",
    "outbox.doubted": "unknown",
    "outbox.cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class TurnThen:
    """A turn then: which version of its text, and how much of it was heard."""

    state: str
    version: int = 0
    heard_chars: int | None = None


@dataclass(slots=True)
class Then:
    """Everything by its own key: fields by name, turns by id, proposals and effects by public id."""

    fields: dict[str, int] = field(default_factory=dict)
    turns: dict[uuid.UUID, TurnThen] = field(default_factory=dict)
    proposals: dict[str, tuple[str, int]] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    summary: tuple[int, bool] = (0, False)  # version, approved
    changed: str = ""  # the key of what the last line changed


def lines(run: Run, number: int) -> list[Written]:
    """The run's lines up to a number. Raise NotFound where it has no line of this number."""
    if not 0 < number <= run.last_number:
        raise NotFound("no_such_line", number=number, last=run.last_number)
    found = Event.objects.filter(run=run, number__lte=number).order_by("number")
    return [_read(event) for event in found]


def at(run_lines: Iterable[Written]) -> Then:
    """What stood after the last of these lines."""
    then = Then()
    for line in run_lines:
        then.changed = ""
        _fold(then, line)
    return then


def _fold(then: Then, line: Written) -> None:
    noun, body = line.kind.split(".", 1)[0], line.body
    if not body:
        return  # its payload was purged; that it was there is all that is known
    if noun == "field":
        then.changed = str(body["field"])
        then.fields[then.changed] = int(body["version"])
    elif noun == "turn":
        then.changed = str(body["turn"])
        _turn(then, uuid.UUID(then.changed), line)
    elif line.kind in _PROPOSALS or line.kind == "proposal.edited":
        then.changed = str(body["proposal"])
        known, _version = then.proposals.get(then.changed, ("pending", 0))
        then.proposals[then.changed] = (_PROPOSALS.get(line.kind, known), int(body["version"]))
    elif line.kind in _ENTRIES:
        then.changed = str(body["entry"])
        then.entries[then.changed] = _ENTRIES[line.kind]
    elif noun == "summary":
        then.changed = "summary"
        then.summary = (int(body["version"]), line.kind == "summary.approved")


def _turn(then: Then, turn: uuid.UUID, line: Written) -> None:
    known = then.turns.get(turn, TurnThen("reserved"))
    version = int(line.body.get("version", known.version))
    heard = line.body.get("heard_chars", known.heard_chars)
    state = _TURNS.get(line.kind, str(line.body.get("state", known.state)))
    then.turns[turn] = TurnThen(state, version, heard if isinstance(heard, int) else None)


def _read(event: Event) -> Written:
    body: dict[str, Any] = json.loads(event.payload)["body"] if event.payload else {}
    return Written(
        event.workspace_id, event.run_id, event.number, event.kind, event.at, event.by, body
    )
