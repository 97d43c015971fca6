"""Promises beside real effects: matched anew, in one transaction, with every line that moves either."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now

from approvals import backing, contents
from approvals.backing import STEP, Candidate, Heard, Stage
from approvals.models import Joining, OutboxEntry, Proposal, ProposalVersion
from runs import ledger, locks, people, releases, scope
from runs.ledger import Line
from runs.models import Promise
from runs.models.promise import PromiseState

FOLLOWED = (
    *("promise.heard", "promise.reopened", "proposal.made", "proposal.edited", "proposal.approved"),
    *("proposal.rejected", "proposal.undone", "proposal.expired", "proposal.conflicted"),
    *("proposal.withdrawn", "proposal.superseded", "proposal.joined"),
    *("outbox.queued", "outbox.confirmed", "outbox.failed", "outbox.doubted", "outbox.retried"),
    *("outbox.cancelled", "outbox.contradicted"),
)
# What rules still move. A receipt stands, and so does a person's word.
OPEN = (PromiseState.UNBACKED, PromiseState.UNDER_WAY, PromiseState.BROKEN)
_UNHELPED = (PromiseState.UNBACKED, PromiseState.BROKEN)
_WISHED = ("pending", "conflict")
_STAGES: dict[str, Stage] = {
    "pending": "moving",
    "sending": "moving",
    "reconcile": "moving",
    "succeeded": "confirmed",
    "failed": "failed",
    "unknown": "doubted",
}


def match_again(run_ids: Collection[uuid.UUID], at: datetime) -> None:
    """Match the open promises of these runs; one line in the ledger for each that changed.

    Called under the runs' locks: two that match the same run follow each other. Runs whose wishes joined a
    proposal of these are matched after the commit: their locks are taken one at a time.
    """
    _match(run_ids, at)
    joined = Joining.objects.filter(proposal__run_id__in=run_ids).exclude(step__run_id__in=run_ids)
    others = sorted(set(joined.values_list("workspace_id", "step__run_id")))
    if others:
        transaction.on_commit(partial(_match_others, others), robust=True)


def _match_others(runs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
    for workspace_id, run_id in runs:
        with scope.workspace(workspace_id):
            locks.lock_run(run_id)
            _match([run_id], scope.now())


def _match(run_ids: Collection[uuid.UUID], at: datetime) -> None:
    waiting = list(Promise.objects.filter(run_id__in=run_ids, state__in=OPEN).order_by("id"))
    if not waiting:
        return
    known = _candidates({one.run_id for one in waiting})
    lines = []
    for promise in waiting:
        found = backing.match(_heard(promise), known[promise.run_id])
        if (found.state, found.backing) == (promise.state, promise.backing):
            continue
        promise.state, promise.backing = found.state, found.backing
        promise.settled_at = at if found.state == PromiseState.KEPT else None
        promise.save(update_fields=["state", "backing", "settled_at"])
        body = {"promise": str(promise.id), "state": found.state, "backing": found.backing}
        lines.append(Line(promise.run_id, "promise.matched", body))
    ledger.append_many(lines, by=people.system("promises", waiting[0].workspace_id), at=at)


def overdue(at: datetime | Now) -> Q:
    """Open, and its time is over: broken, whatever is under way."""
    return Q(state__in=OPEN, due_at__lt=at)


def is_overdue(promise: Promise, at: datetime) -> bool:
    """As `overdue`, of one that was read."""
    return promise.state in OPEN and promise.due_at is not None and promise.due_at < at


def needs_somebody(at: datetime | Now) -> Q:
    """Nothing backs it, what backed it failed, or it is overdue: no call is complete with one of these."""
    return Q(state__in=_UNHELPED) | overdue(at)


def is_in_need(promise: Promise, at: datetime) -> bool:
    """As `needs_somebody`, of one that was read."""
    return promise.state in _UNHELPED or is_overdue(promise, at)


def blocking(run_ids: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, int]:
    """How many promises keep each of these runs from being complete; runs without one are not named."""
    rows = Promise.objects.filter(needs_somebody(at), run_id__in=run_ids)
    return dict(rows.values_list("run_id").annotate(n=Count("id")))


def _heard(promise: Promise) -> Heard:
    return Heard(id=str(promise.id), kind=promise.kind, text=promise.text, at=promise.heard_at)


def _candidates(run_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Candidate]]:
    found: dict[uuid.UUID, list[Candidate]] = defaultdict(list)
    entries = OutboxEntry.objects.filter(run_id__in=run_ids, state__in=list(_STAGES))
    for entry in entries.order_by("id"):
        found[entry.run_id].append(_of_entry(entry))
    wishes = Proposal.objects.filter(run_id__in=run_ids, state__in=_WISHED)
    for proposal in wishes.select_related("step", "run__release").order_by("id"):
        found[proposal.run_id] += _of_wish(proposal)
    for run_id, candidate in _joined(run_ids):
        found[run_id].append(candidate)
    return found


def _joined(run_ids: Collection[uuid.UUID]) -> Iterator[tuple[uuid.UUID, Candidate]]:
    """What wishes of these runs became part of in other runs: it is made for what the wish was made for."""
    rows = Joining.objects.filter(step__run_id__in=run_ids).exclude(
        proposal__run_id=F("step__run_id")
    )
    for row in rows.select_related("step", "proposal__step", "proposal__run__release"):
        entries = OutboxEntry.objects.filter(proposal=row.proposal, state__in=list(_STAGES))
        known = [_of_entry(entry) for entry in entries.order_by("id")]
        if row.proposal.state in _WISHED:
            known += _of_wish(row.proposal)
        mine = made_for(row.step.step_key)
        yield from ((row.step.run_id, replace(one, made_for=mine)) for one in known)


def _of_entry(entry: OutboxEntry) -> Candidate:
    return Candidate(
        id=entry.public_id,
        type=entry.action_type,
        stage=_STAGES[entry.state],
        at=entry.finished_at or entry.created_at,
        words=_words(json.loads(entry.request).get("arguments")) if entry.request else "",
        made_for=made_for(entry.step_key),
    )


def _of_wish(proposal: Proposal) -> Iterator[Candidate]:
    """One for each effect that the open version would have. After a conflict nothing moves by itself."""
    version = ProposalVersion.objects.get(proposal=proposal, version=proposal.version)
    for effect in contents.load(version).effects:
        action = releases.action_of(releases.content_of(proposal.run.release), effect.action)
        if action is not None:
            yield Candidate(
                id=proposal.public_id,
                type=action.type,
                stage="wished" if proposal.state == "pending" else "failed",
                at=proposal.proposed_at,
                words=_words(effect.arguments),
                made_for=made_for(proposal.step.step_key),
            )


def made_for(step_key: str) -> str:
    """The promise that a step was asked for, by its key; empty where it was for none."""
    return step_key.split(":")[1] if step_key.startswith(STEP) else ""


def _words(arguments: object) -> str:
    """Every text among the arguments of an effect."""
    values: Iterable[object] = arguments.values() if isinstance(arguments, dict) else ()
    return " ".join(one for one in values if isinstance(one, str))


def lock(promise_id: uuid.UUID) -> Promise | None:
    """The promise as it is under its run's lock: verbs and matching follow each other."""
    run_id = Promise.objects.filter(id=promise_id).values_list("run_id", flat=True).first()
    if run_id is None:
        return None
    locks.lock_run(run_id)
    return Promise.objects.select_related("run", "evidence", "owner").get(id=promise_id)
