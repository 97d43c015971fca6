"""Promises: what the business owes the caller after the call, each with the words that were heard.

Rules say what stands behind one (`approvals.promised`); a person says where it was done by hand or falls
away, with words, and may take that back.
"""

import uuid
from datetime import datetime
from typing import Any

from approvals import promised
from runs import access, audit, ledger
from runs.access import Permission
from runs.errors import Conflict, Invalid, NotFound
from runs.models import Evidence, Promise, Run
from runs.models.promise import PromiseState
from runs.people import Actor
from voice import due_dates
from voice.models import CallClaim, Turn

KINDS = ("email", "sms", "call", "visit", "task", "other")
REASONS = ("not_promised", "not_wanted", "twice", "cannot_be_kept", "other")
MAX_NOTE = 300
_SETTLED = (PromiseState.KEPT, PromiseState.DONE, PromiseState.WITHDRAWN)


def add(
    run: Run, *, text: str, kind: str, due: str, evidence: Evidence | None, by: Actor, at: datetime
) -> Promise:
    """Note a promise. The same words of the same kind are one promise.

    With its line in the ledger it is matched with what stands behind it already.
    """
    text, due = text.strip()[:400], due.strip()[:80]
    kind = kind if kind in KINDS else "other"
    known = Promise.objects.filter(run=run, kind=kind, text__iexact=text).first()
    if known is not None:
        return known
    heard_at = _heard_at(evidence) or at
    found = due_dates.resolve(due, heard_at, run.workspace.zone)
    promise = Promise.objects.create(
        workspace_id=run.workspace_id,
        run=run,
        text=text,
        kind=kind,
        type=due_dates.type_of(text, kind, due, found),
        due=due,
        due_at=found.at if found else None,
        due_exact=found.exact if found else False,
        evidence=evidence,
        heard_at=heard_at,
        sort_at=found.at if found else heard_at,
        owner_id=_holder(run, at),
        at=at,
    )
    ledger.append(
        run.id,
        "promise.heard",
        by=by,
        at=at,
        promise=str(promise.id),
        evidence=evidence.public_id if evidence else "",
    )
    promise.refresh_from_db()
    return promise


def of_run(run: Run) -> list[Promise]:
    found = Promise.objects.filter(run=run).select_related("evidence", "owner")
    return list(found.order_by("id"))


def get(promise_id: uuid.UUID | str) -> Promise:
    """Under the lock of its run. Raise NotFound for what this workspace does not have."""
    try:
        found = promised.lock(uuid.UUID(str(promise_id)))
    except ValueError:
        found = None
    if found is None:
        raise NotFound("promise_not_found")
    return found


def mark_done(promise_id: uuid.UUID | str, *, note: str, by: Actor, at: datetime) -> Promise:
    """A person did it by hand and says how. Counts less than a receipt, and is shown so."""
    access.require(by, Permission.MIND_PROMISES)
    note = _note(note, needed=True)
    promise = _open(promise_id)
    return _settle(promise, PromiseState.DONE, "done", note=note, by=by, at=at)


def withdraw(
    promise_id: uuid.UUID | str, *, code: str, note: str, by: Actor, at: datetime
) -> Promise:
    """It is not owed (any more): a person says why. The words stay in the record."""
    access.require(by, Permission.MIND_PROMISES)
    if code not in REASONS:
        raise Invalid("unknown_reason", reason=code[:40])
    note = _note(note, needed=code == "other")
    promise = _open(promise_id)
    return _settle(promise, PromiseState.WITHDRAWN, "withdrawn", note=note, code=code, by=by, at=at)


def reopen(promise_id: uuid.UUID | str, *, by: Actor, at: datetime) -> Promise:
    """Take back what a person said of it: the rules say again what stands behind it."""
    access.require(by, Permission.MIND_PROMISES)
    promise = get(promise_id)
    if promise.state not in (PromiseState.DONE, PromiseState.WITHDRAWN):
        raise Conflict("promise_open", state=promise.state)
    was = promise.state
    promise.state, promise.backing = PromiseState.UNBACKED, ""
    promise.settled_by = promise.settled_name = promise.code = promise.note = ""
    promise.settled_at = None
    promise.save()
    return _noted(promise, "reopened", by=by, at=at, was=was)


def take(promise_id: uuid.UUID | str, *, by: Actor, at: datetime) -> Promise:
    """Into one's own queue. Conflict where it is in another's."""
    access.require(by, Permission.MIND_PROMISES)
    person = access.person_of(by)
    promise = _open(promise_id)
    if promise.owner is not None and promise.owner_id != person:
        raise Conflict("promise_taken", by=promise.owner.name)
    if promise.owner_id == person:
        return promise
    Promise.objects.filter(id=promise.id).update(owner_id=person)
    return _noted(promise, "taken", by=by, at=at, body={"name": by.name})


def let_go(promise_id: uuid.UUID | str, *, by: Actor, at: datetime) -> Promise:
    """Out of one's own queue; what is in another's, or in none, stays as it is."""
    access.require(by, Permission.MIND_PROMISES)
    person = access.person_of(by)
    promise = get(promise_id)
    if not Promise.objects.filter(id=promise.id, owner_id=person).update(owner=None):
        return promise
    return _noted(promise, "released", by=by, at=at, body={"name": by.name})


def _open(promise_id: uuid.UUID | str) -> Promise:
    promise = get(promise_id)
    if promise.state in _SETTLED:
        raise Conflict("promise_settled", state=promise.state, by=promise.settled_name)
    return promise


def _settle(
    promise: Promise, state: PromiseState, past: str, *, note: str, by: Actor, at: datetime,
    code: str = "",
) -> Promise:  # fmt: skip
    promise.state, promise.note, promise.code = state, note, code
    promise.settled_by, promise.settled_name, promise.settled_at = by.id, by.name, at
    promise.save()
    body = {"code": code} if code else {}
    return _noted(promise, past, by=by, at=at, body=body, became=note)


def _noted(
    promise: Promise, past: str, *, by: Actor, at: datetime, body: dict[str, str] | None = None,
    **values: Any,
) -> Promise:  # fmt: skip
    known = body or {}
    ledger.append(promise.run_id, f"promise.{past}", by=by, at=at, promise=str(promise.id), **known)
    about = f"{promise.run.public_id}/{promise.id}"
    audit.record(f"promise.{past}", about, by=by, at=at, **values, **known)
    return Promise.objects.select_related("run", "evidence", "owner").get(id=promise.id)


def _note(note: str, *, needed: bool) -> str:
    words = " ".join(note.replace("\0", "").split())
    if needed and not words:
        raise Invalid("note_required")
    if len(words) > MAX_NOTE:
        raise Invalid("note_too_long", limit=MAX_NOTE)
    return words


def _heard_at(evidence: Evidence | None) -> datetime | None:
    """When the words were said, which may be long before the work after the call notes them."""
    if evidence is None or evidence.turn_id is None:
        return None
    return Turn.objects.filter(id=evidence.turn_id).values_list("started_at", flat=True).first()


def _holder(run: Run, at: datetime) -> uuid.UUID | None:
    """Who has the call has what is promised in it."""
    claims = CallClaim.objects.filter(call__run=run, until__gt=at)
    return claims.values_list("person_id", flat=True).first()
