"""Comments on a call, from the rows: threads by place, and the form of who writes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from approvals.models import Remark
from console.builders import moments, transcript
from console.builders.context import Context
from console.pictures import times
from console.pictures.comments import CommentForm, CommentRow, Comments, Thread
from console.pictures.pieces import Option
from runs.models import User
from voice import comments

QUOTED = 60
MOST_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address or a refused form asks of the form."""

    anchor: str = ""
    comment: str = ""
    text: str | None = None
    error: str = ""


def panel(context: Context) -> Comments:
    found = comments.threads(context.run)
    rows = tuple(_thread(anchor, rows, context) for anchor, rows in found.items())
    return Comments(
        action=context.look.href("comments", context.call.public_id),
        # What is open comes first; resolved ones stay readable.
        threads=tuple(sorted(rows, key=lambda one: bool(one.resolved_text))),
        count=sum(not one.resolved_text for one in rows),
    )


def form(context: Context, wanted: Wanted) -> CommentForm:
    here = context.look.href("call", context.call.public_id)
    edited = _edited(context, wanted.comment)
    text = edited.text if edited else ""
    return CommentForm(
        action=context.look.href("comments", context.call.public_id),
        fields=tuple(
            _option(f"field:{one.key}", one.label, wanted.anchor)
            for one in context.content.objective.fields
        ),
        lines=_lines(context, wanted.anchor),
        people=tuple(
            User.objects.filter(memberships__workspace=context.look.workspace, is_active=True)
            .order_by("name")
            .values_list("name", flat=True)
        ),
        text=text if wanted.text is None else wanted.text,
        error=wanted.error,
        comment=str(edited.id) if edited else "",
        cancel_href=f"{here}#comments" if edited else "",
    )


def _lines(context: Context, chosen: str) -> tuple[Option, ...]:
    """Newest last; the chosen one is among them however old it is."""
    said = [turn for turn in context.moments.in_order if turn.text]
    kept = said[-MOST_LINES:]
    kept = [one for one in said[:-MOST_LINES] if _of(one.id) == chosen] + kept
    return tuple(
        _option(
            _of(turn.id),
            f"{context.moments.clock(turn.started_at)} {Truncator(turn.text).chars(QUOTED)}",
            chosen,
        )
        for turn in kept
    )


def _of(turn_id: uuid.UUID) -> str:
    return comments.turn_anchor(turn_id)


def _option(value: str, text: str, chosen: str) -> Option:
    return Option(value=value, text=text, chosen=value == chosen)


def _edited(context: Context, text: str) -> Remark | None:
    try:
        wanted = uuid.UUID(text)
    except ValueError:
        return None
    found = Remark.objects.filter(id=wanted, run=context.run, deleted_at=None)
    return found.first()


def _thread(anchor: str, rows: Sequence[Remark], context: Context) -> Thread:
    kind, _colon, key = anchor.partition(":")
    kept = [one for one in rows if not one.deleted_at]
    resolved = all(one.resolved_at for one in kept)
    last = max(kept, key=lambda one: (one.resolved_at or one.at, one.id))
    text = _("Resolved by %(name)s") % {"name": last.resolved_by} if resolved else ""
    drawn = tuple(_row(one, context) for one in rows)
    known: dict[str, Any] = {"anchor": anchor, "resolved_text": text, "rows": drawn}
    if kind == "field":
        fields = {one.key: one.label for one in context.content.objective.fields}
        return Thread(title=fields.get(key, key), href=f"#field-{key}", **known)
    turn = context.moments.turns.get(uuid.UUID(hex=key))
    if turn is None:
        return Thread(title=_("A line that is gone"), **known)
    who = transcript.speaker_name(turn.speaker, context.caller)
    return Thread(
        title=f"{who}, {context.moments.clock(turn.started_at)}",
        quote=context.look.text(Truncator(turn.text).chars(QUOTED)),
        href=f"#turn-{moments.key(turn.id)}",
        **known,
    )


def _row(one: Remark, context: Context) -> CommentRow:
    look = context.look
    here = look.href("call", context.call.public_id)
    return CommentRow(
        key=str(one.id),
        who=one.user_name,
        author=str(one.user_id or ""),
        text=look.text(one.text),
        at=times.when(one.at, now=look.now),
        edited=one.edited_at is not None,
        deleted=one.deleted_at is not None,
        edit_href=f"{here}?comment={one.id}#comment-form",
    )
