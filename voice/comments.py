"""Comments on a call, each at a turn or a field. A place is open until somebody resolves it."""

import uuid
from collections import Counter, defaultdict
from datetime import datetime

from django.db.models import QuerySet

from approvals import notices, remarks
from approvals.models import Remark
from approvals.models.attention import NoticeKind, RemarkKind
from runs import access, audit, ledger, locks, redaction, releases
from runs.access import Permission
from runs.errors import Conflict, Invalid, NotAllowed, NotFound
from runs.models import Run
from runs.people import Actor
from voice.models import Call, Turn


def write(call: Call, *, anchor: str, text: str, by: Actor, at: datetime) -> Remark:
    """Plain text; numbers that may not be kept are taken out. People who are named after an @ are told."""
    person = _may(by)
    _check_place(call, anchor)
    text = redaction.text(remarks.checked(text))
    locks.lock_run(call.run_id)
    remark = Remark.objects.create(
        workspace_id=call.workspace_id, run=call.run, anchor=anchor, kind=RemarkKind.COMMENT, text=text,
        user_id=person, user_name=by.name, at=at,
    )  # fmt: skip
    _note(call, remark, "written", by=by, at=at)
    _tell(call, remark, by, at)
    return remark


def edit(call: Call, remark_id: uuid.UUID, *, text: str, by: Actor, at: datetime) -> Remark:
    """Its author writes it anew; digests of both texts stay in the audit. Only who is newly named is told."""
    remark = _own(call, remark_id, by)
    text = redaction.text(remarks.checked(text))
    if text == remark.text:
        return remark
    before, remark.text, remark.edited_at = remark.text, text, at
    remark.save(update_fields=["text", "edited_at"])
    _note(call, remark, "edited", by=by, at=at, was=before, became=text)
    _tell(call, remark, by, at)
    return remark


def delete(call: Call, remark_id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Its words go; that there was one, whose, and the digest of its words stay."""
    remark = _own(call, remark_id, by)
    before, remark.text, remark.deleted_at = remark.text, "", at
    remark.save(update_fields=["text", "deleted_at"])
    _note(call, remark, "deleted", by=by, at=at, was=before, became="")


def resolve(call: Call, *, anchor: str, by: Actor, at: datetime) -> None:
    """Nothing is left to say at this place. Conflict where nothing is open there."""
    _may(by)
    locks.lock_run(call.run_id)
    open_ = list(_at(call, anchor).filter(resolved_at=None))
    if not open_:
        raise Conflict("nothing_open")
    _at(call, anchor).filter(resolved_at=None).update(resolved_at=at, resolved_by=by.name)
    _note(call, open_[-1], "resolved", by=by, at=at)


def reopen(call: Call, *, anchor: str, by: Actor, at: datetime) -> None:
    _may(by)
    locks.lock_run(call.run_id)
    last = _at(call, anchor).exclude(resolved_at=None).last()
    if last is None or _at(call, anchor).filter(resolved_at=None).exists():
        raise Conflict("nothing_resolved")
    Remark.objects.filter(id=last.id).update(resolved_at=None, resolved_by="")
    _note(call, last, "reopened", by=by, at=at)


def threads(run: Run) -> dict[str, list[Remark]]:
    """By place, in the order in which they were written; a place whose comments are all gone is none."""
    found: dict[str, list[Remark]] = defaultdict(list)
    for one in Remark.objects.filter(run=run).order_by("at", "id"):
        found[one.anchor].append(one)
    return {key: rows for key, rows in found.items() if any(not row.deleted_at for row in rows)}


def counts(run_id: uuid.UUID) -> Counter[str]:
    """How many comments stand at each place."""
    rows = Remark.objects.filter(run_id=run_id, deleted_at=None)
    return Counter(rows.values_list("anchor", flat=True))


def turn_anchor(turn_id: uuid.UUID) -> str:
    return f"turn:{turn_id.hex}"


def get(call: Call, remark_id: uuid.UUID) -> Remark:
    found = Remark.objects.filter(id=remark_id, run_id=call.run_id, deleted_at=None).first()
    if found is None:
        raise NotFound("no_such_comment")
    return found


def _at(call: Call, anchor: str) -> QuerySet[Remark]:
    rows = Remark.objects.filter(run_id=call.run_id, anchor=anchor, deleted_at=None)
    return rows.order_by("at", "id")


def _may(by: Actor) -> uuid.UUID:
    access.require(by, Permission.SEE_CALLS)
    return access.person_of(by)


def _own(call: Call, remark_id: uuid.UUID, by: Actor) -> Remark:
    person = _may(by)
    locks.lock_run(call.run_id)
    remark = get(call, remark_id)
    if remark.user_id != person:
        raise NotAllowed("not_yours")
    return remark


def _check_place(call: Call, anchor: str) -> None:
    kind, _colon, key = anchor.partition(":")
    if kind == "field":
        objective = releases.content_of(call.run.release).objective
        if key in {one.key for one in objective.fields}:
            return
    elif kind == "turn" and len(key) == 32:
        try:
            turn_id = uuid.UUID(hex=key)
        except ValueError:
            turn_id = None
        if turn_id and Turn.objects.filter(id=turn_id, call=call).exclude(text="").exists():
            return
    raise Invalid("bad_anchor")


def _note(call: Call, remark: Remark, past: str, *, by: Actor, at: datetime, **values: str) -> None:
    ledger.append(
        call.run_id, f"comment.{past}", by=by, at=at, remark=str(remark.id), anchor=remark.anchor
    )
    audit.record(
        f"comment.{past}", call.public_id, by=by, at=at, remark=str(remark.id),
        anchor=remark.anchor, **values,
    )  # fmt: skip


def _tell(call: Call, remark: Remark, by: Actor, at: datetime) -> None:
    named = remarks.mentioned(remark.text, remark.workspace_id) - {by.user_id}
    about = str(remark.id)
    notices.tell_of_call(call.run, call.public_id, named, NoticeKind.MENTION, about=about, at=at)
