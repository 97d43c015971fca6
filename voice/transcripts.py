"""The transcript of a call: turns reserved when speech begins, filled later, cut or missing, never deleted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from runs import anchors, redaction
from runs.ids import uuid7
from runs.redaction import Hit
from voice import search_documents
from voice.models import Call, Turn, TurnPart, TurnVersion

STEP = 1024
_ADD_PARTS = """
INSERT INTO voice_turnpart (id, workspace_id, turn_id, part, text, at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int4[], %s::text[], %s::timestamptz[])
    ON CONFLICT (workspace_id, turn_id, part) DO NOTHING
"""


def of_call(call_id: uuid.UUID) -> list[Turn]:
    """In the order in which speech began."""
    return list(Turn.objects.filter(call_id=call_id).order_by("position"))


def partials(call_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The text so far of turns that are being spoken."""
    found: dict[uuid.UUID, str] = {}
    rows = TurnPart.objects.filter(turn__call_id=call_id).order_by("turn_id", "part")
    for turn_id, text in rows.values_list("turn_id", "text"):
        found[turn_id] = found.get(turn_id, "") + text
    return found


def reserve(
    call: Call, turn_id: uuid.UUID, *, item_id: str, speaker: str, position: int, at: datetime
) -> Turn:
    """The row of a turn as soon as somebody begins to speak. Told twice, it is one row."""
    turn, _ = Turn.objects.get_or_create(
        workspace_id=call.workspace_id,
        call=call,
        item_id=item_id,
        defaults={
            "id": turn_id,
            "run_id": call.run_id,
            "speaker": speaker,
            "position": position,
            "started_at": at,
        },
    )
    return turn


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk of the text of a turn that is being spoken."""

    workspace_id: uuid.UUID
    turn_id: uuid.UUID
    part: int
    text: str


def add_parts(parts: Sequence[Part], *, at: datetime) -> None:
    """In one statement for all calls. A part that is there already stays."""
    if not parts:
        return
    rows = [(uuid7(), one.workspace_id, one.turn_id, one.part, one.text, at) for one in parts]
    with connection.cursor() as cursor:
        cursor.execute(_ADD_PARTS, [list(column) for column in zip(*rows, strict=True)])


def drop_parts(turn_id: uuid.UUID) -> None:
    """What comes next stands in place of all chunks before, which showed more than may be kept."""
    TurnPart.objects.filter(turn_id=turn_id).delete()


def change(
    turn_id: uuid.UUID,
    *,
    state: str,
    text: str,
    version: int,
    reason: str,
    at: datetime,
    heard_chars: int | None = None,
    cut_at_ms: int | None = None,
) -> Turn:
    """A new version of a turn's text, or of how much of it was heard. The partial text has done its work."""
    turn = Turn.objects.get(id=turn_id)
    turn.state, turn.text, turn.version = state, text, version
    turn.heard_chars, turn.cut_at_ms = heard_chars, cut_at_ms
    turn.finished_at = turn.finished_at or at
    turn.save(update_fields=["state", "text", "version", "heard_chars", "cut_at_ms", "finished_at"])
    if version:
        TurnVersion.objects.create(
            workspace_id=turn.workspace_id,
            turn=turn,
            version=version,
            text=text,
            reason=reason,
            at=at,
        )
    drop_parts(turn_id)
    search_documents.follow(turn.call_id)
    return turn


def redact(
    turn_id: uuid.UUID, *, text: str, version: int, hits: Sequence[Hit], at: datetime
) -> Turn:
    """Rewrite a turn that was kept already, in every version; its quotes follow."""
    turn = Turn.objects.get(id=turn_id)
    before, heard = turn.text, turn.heard_chars
    turn.text, turn.version = text, version
    turn.heard_chars = heard if heard is None else redaction.moved(hits, 0, heard)
    turn.save(update_fields=["text", "version", "heard_chars"])
    same = []
    for old in TurnVersion.objects.filter(turn=turn):
        if old.text == before:
            same.append(old.version)
            old.text = text
        else:
            for hit in hits:
                old.text = old.text.replace(before[hit.start : hit.end], hit.instead)
        old.save(update_fields=["text"])
    TurnVersion.objects.create(
        workspace_id=turn.workspace_id,
        turn=turn,
        version=version,
        text=text,
        reason="redacted",
        at=at,
    )
    anchors.move(turn.id, old_versions=same, version=version, hits=hits)
    search_documents.follow(turn.call_id)
    return turn


def move(turn_id: uuid.UUID, position: int) -> None:
    Turn.objects.filter(id=turn_id).update(position=position)
