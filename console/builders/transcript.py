"""The transcript: turns with their evidence marked, and the quiet lines between them."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import re2
from django.utils.translation import gettext as _

from console.builders import asking, minding, moments
from console.builders.look import Look
from console.builders.moments import Moments
from console.pictures.live import EventRow, Line, Segment, Speaker, TurnRow
from console.words import lines as words
from runs import anchors, redaction
from runs.ledger import Written
from runs.models import Event, FieldValue
from runs.releases import Content
from voice import commands, comments
from voice.models import Command, Turn, TurnPart

MOST_LINES = 200
_SPEAKERS: dict[str, Speaker] = {"caller": "caller", "agent": "agent", "person": "person"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Code points of a turn that prove something; `label` says what."""

    start: int
    end: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Script:
    """What is needed to draw lines of one call."""

    content: Content
    moments: Moments
    look: Look
    caller: str
    marks: Mapping[uuid.UUID, Sequence[Mark]] = field(default_factory=dict)
    parts: Mapping[uuid.UUID, str] = field(default_factory=dict)
    commands: Mapping[str, Command] = field(default_factory=dict)
    comments: Mapping[str, int] = field(default_factory=dict)
    comment_href: str = ""  # the page that takes comments; empty where a row shows none


def marks(
    content: Content, known: Mapping[str, FieldValue], escalations: Iterable[Written], at: Moments
) -> dict[uuid.UUID, list[Mark]]:
    """Quotes behind current values, and the words that matched a trigger."""
    found: dict[uuid.UUID, list[Mark]] = {}
    labels = {one.key: one.label for one in content.objective.fields}
    for value in known.values():
        proof = value.evidence
        if proof is None or proof.turn_id is None or proof.start is None or proof.end is None:
            continue
        if anchors.REMOVED in proof.data:
            continue
        mark = Mark(proof.start, proof.end, "evidence", labels.get(value.key, value.key))
        found.setdefault(uuid.UUID(str(proof.turn_id)), []).append(mark)
    for line in escalations:
        turn = at.turns.get(moments.row_id(line.body.get("turn")))
        match = _matched(content, str(line.body.get("trigger", "")), turn)
        if turn is not None and match is not None:
            found.setdefault(turn.id, []).append(match)
    return found


def _matched(content: Content, trigger: str, turn: Turn | None) -> Mark | None:
    found = next((one for one in content.objective.triggers if one.key == trigger), None)
    if found is None or turn is None:
        return None
    for pattern in found.patterns:
        match = re2.search(pattern, turn.text)
        if match:
            return Mark(match.start(), match.end(), "escalation", _("Escalation"))
    return None


def turn_row(turn: Turn, script: Script) -> TurnRow:
    heard, cut = _halves(turn)
    segments = tuple(_segments(heard, script.marks.get(turn.id, ()), turn))
    state = _state(turn, script)
    waiting = ""
    if state == "partial":
        segments = (Segment(text=script.parts[turn.id]),)
    elif state == "reserved":
        name = script.caller if turn.speaker == "caller" else _("Agent")
        waiting = _("%(name)s is speaking") % {"name": name}
    elif state == "gap":
        segments = (Segment(text=_("What was said here could not be understood.")),)
    return TurnRow(
        key=moments.key(turn.id),
        order=moments.order(turn.position),
        clock=script.moments.clock(turn.started_at),
        speaker=_SPEAKERS.get(turn.speaker, "system"),
        name=speaker_name(turn.speaker, script.caller),
        segments=segments,
        cut_text=cut,
        cut_title=_("Not spoken: the caller interrupted") if cut else "",
        state=state,
        waiting_text=waiting,
        **_commented(turn, script),
    )


def _commented(turn: Turn, script: Script) -> dict[str, Any]:
    if not script.comment_href or not turn.text:
        return {}
    anchor = comments.turn_anchor(turn.id)
    count = script.comments.get(anchor, 0)
    place = "comments" if count else "comment-form"
    return {
        "comments": count,
        "comment_words": minding.comment_words(count),
        "comment_href": f"{script.comment_href}?about={anchor}#{place}",
    }


def speaker_name(speaker: str, caller: str) -> str:
    return {"caller": caller, "agent": _("Agent"), "person": _("Operator")}.get(speaker, caller)


def _state(turn: Turn, script: Script) -> Any:
    if turn.state == "reserved":
        return "partial" if script.parts.get(turn.id) else "reserved"
    return {"unheard": "cut", "unavailable": "gap"}.get(turn.state, turn.state)


def _halves(turn: Turn) -> tuple[str, str]:
    """What was heard, and what was generated and never heard."""
    if turn.state == "unheard":
        return "", turn.text
    if turn.heard_chars is None:
        return turn.text, ""
    return turn.text[: turn.heard_chars].rstrip(), turn.text[turn.heard_chars :].strip()


def _segments(text: str, found: Sequence[Mark], turn: Turn) -> Iterable[Segment]:
    at = 0
    for number, mark in enumerate(sorted(found, key=lambda one: (one.start, -one.end))):
        if mark.start < at or mark.end > len(text):
            continue  # overlapping quotes: the first one shows
        if mark.start > at:
            yield from _plain(text[at : mark.start])
        yield Segment(
            text=text[mark.start : mark.end],
            mark="evidence" if mark.kind == "evidence" else "escalation",
            label=mark.label,
            anchor=f"m{moments.key(turn.id)}-{number}",
        )
        at = mark.end
    if at < len(text):
        yield from _plain(text[at:])


def _plain(text: str) -> Iterable[Segment]:
    """What redaction took out is shown as taken out."""
    at = 0
    for found in redaction.PLACEHOLDER.finditer(text):
        if found.start() > at:
            yield Segment(text=text[at : found.start()])
        yield Segment(text=found[0], mark="redacted")
        at = found.end()
    if at < len(text):
        yield Segment(text=text[at:])


def event_row(line: Written, script: Script) -> EventRow | None:
    """The quiet line of a ledger line; None where its kind has none."""
    if line.kind.startswith("command."):
        command = script.commands.get(str(line.body.get("command", "")))
        if command is None:
            return None
        # Its lines are one row, which stays where it was asked for.
        place = moments.order(script.moments.position_at(command.at))
        order = f"{place}.~command-{command.id.hex}"
        clock = script.moments.clock(command.at)
        if command.kind == commands.ASK:
            return asking.command_row(command, script.content.objective, order, clock)
        return minding.command_row(command, order, clock)
    said = words.said(line.kind, line.body, script.content.objective)
    if said is None:
        return None
    return EventRow(
        key=event_key(line),
        order=event_order(line, script.moments),
        title=said.title,
        text=said.text,
        icon=said.icon,
        tone=said.tone,
        clock=script.moments.clock(line.at),
    )


def event_key(line: Written) -> str:
    """A tool's answer takes the place of its question; every other line has its own."""
    if line.kind.startswith("tool."):
        return f"tool-{''.join(c for c in str(line.body.get('call_id', '')) if c.isalnum())}"
    return str(line.number)


def event_order(line: Written, at: Moments) -> str:
    position = line.body.get("position")
    place = int(position) if isinstance(position, int) else at.position_at(line.at)
    # "~" sorts after digits: the line of a tool keeps its place when the answer comes.
    tail = f"~{event_key(line)}" if line.kind.startswith("tool.") else f"{line.number:010d}"
    return f"{moments.order(place)}.{tail}"


def lines(script: Script, shown: Iterable[Written]) -> list[Line]:
    """Turns and events, each where it belongs; the newest line of a tool wins."""
    rows: dict[str, Line] = {
        f"t{turn.id}": turn_row(turn, script) for turn in script.moments.in_order
    }
    first, last = _edges(script.moments)
    for line in shown:
        row = event_row(line, script)
        if row is not None and first <= row.order < last:
            rows[f"e{row.key}"] = row
    return sorted(rows.values(), key=lambda row: row.order)


def _edges(at: Moments) -> tuple[str, str]:
    """From where to where a stretch of a call reaches; everything, where it is whole."""
    last = moments.order(at.before) if at.before else "~"
    return "" if at.reaches_back else moments.order(at.in_order[0].position), last


def hidden_turns(at: Moments) -> int:
    """How many turns of the call are before the stretch that is shown."""
    if at.reaches_back:
        return 0
    first = at.in_order[0].position
    return Turn.objects.filter(call=at.call, position__lt=first).count()


def shown_events(run_id: uuid.UUID) -> list[Written]:
    """The run's lines that stand between turns."""
    rows = Event.objects.filter(run_id=run_id, kind__in=words.KINDS, payload__isnull=False)
    return [
        Written(
            row.workspace_id,
            row.run_id,
            row.number,
            row.kind,
            row.at,
            row.by,
            json.loads(row.payload or "{}")["body"],
        )
        for row in rows.order_by("number")
    ]


def open_parts(at: Moments) -> dict[uuid.UUID, str]:
    """Partial text of turns that are not final."""
    reserved = [turn.id for turn in at.in_order if turn.state == "reserved"]
    if not reserved:
        return {}
    texts: dict[uuid.UUID, str] = {}
    for part in TurnPart.objects.filter(turn_id__in=reserved).order_by("turn_id", "part"):
        texts[part.turn_id] = texts.get(part.turn_id, "") + part.text
    return texts
