"""Revisions: new versions of an open proposal. Whoever looks at the old one cannot decide any more."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from approvals import (
    checkpoints,
    contents,
    disclosure,
    fields,
    judging,
    policy,
    quorum,
    recipients,
    superseding,
    targets,
    versions,
)
from approvals.contents import Content
from approvals.models import Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from runs import audit, ledger, people, scope
from runs.access import Permission, require
from runs.crashpoints import crashpoint
from runs.errors import Conflict
from runs.ledger import Line
from runs.models.step import StepState
from runs.people import Actor

BATCH = 200


def edit(
    proposal: Proposal | str, *, base_version: int, content: Content, by: Actor, at: datetime
) -> ProposalVersion:
    """A person or a key changes what is proposed: a new version, judged anew, about the same customer."""
    require(by, Permission.DECIDE_PROPOSAL)
    proposal = versions.get(proposal if isinstance(proposal, str) else proposal.public_id)
    last = versions.of(proposal, base_version)
    content = disclosure.edited(proposal.run, contents.load(last), last.before, content)
    recipients.check(proposal, content, judging.rules_of(proposal.run))
    added = _next_version(
        proposal, ProposalState.PENDING, last, content, last.before, last.before_read_at, by, at
    )
    targets.check(proposal.run, content)
    _ask_anew(proposal, "edited", added, by=by, at=at)
    return added


def refresh(
    proposal: Proposal | str, *, before: dict[str, Any], read_at: datetime, by: Actor, at: datetime,
    state: ProposalState = ProposalState.CONFLICT,
) -> ProposalVersion:  # fmt: skip
    """After a conflict (or while it still waits): show the wish beside the values that the far side holds
    now, to be decided anew."""
    proposal = versions.get(proposal if isinstance(proposal, str) else proposal.public_id)
    last = versions.of(proposal)
    # What was known and is not read now is compared again before anything is sent.
    before = {**last.before, **before}
    content = disclosure.completed(proposal.run, contents.load(last), before)
    changes = tuple(
        change.model_copy(update={"before": before.get(change.field, change.before)})
        for change in content.changes
    )
    added = _next_version(
        proposal, state, last, content.model_copy(update={"changes": changes}),
        before, read_at, by, at,
    )  # fmt: skip
    _ask_anew(proposal, "refreshed", added, by=by, at=at)
    return added


def extend(
    proposal: Proposal, last: ProposalVersion, content: Content, *, before: dict[str, Any],
    read_at: datetime | None, by: Actor, at: datetime,
) -> ProposalVersion:  # fmt: skip
    """A later wish joins: the open proposal gets a version that holds both."""
    added = _next_version(proposal, ProposalState.PENDING, last, content, before, read_at, by, at)
    _ask_anew(proposal, "joined", added, by=by, at=at)
    return added


def rejudge_open(at: datetime) -> int:
    """Give every open proposal that a newer policy judges otherwise a new version. Run outside a scope."""
    with scope.every_workspace():
        found = list(
            Proposal.objects.filter(state=ProposalState.PENDING, approve_by__gt=at)
            .values_list("workspace_id", flat=True)
            .distinct()
        )
    return sum(_rejudge(workspace_id, at) for workspace_id in found)


def _rejudge(workspace_id: uuid.UUID, at: datetime) -> int:
    by = people.system("policy", workspace_id)
    changed = 0
    with scope.workspace(workspace_id):
        older = (
            Proposal.objects.filter(state=ProposalState.PENDING, approve_by__gt=at)
            .exclude(run__release_id=F("run__release__workflow__current_id"))
            .select_related("run__release__workflow__current")
        )
        for proposal in older[:BATCH]:
            changed += rejudge(proposal, by=by, at=at)
    return changed


def rejudge(proposal: Proposal, *, by: Actor, at: datetime) -> bool:
    """Give an open proposal that today's policy judges otherwise a new version, or close it where nobody may
    allow it any more; returns whether anything changed."""
    last = versions.of(proposal)
    content = contents.load(last)
    if judging.is_current(proposal, last):
        return False
    if judging.is_barred(proposal, content):
        return superseding.supersede(proposal, ProposalState.PENDING, by=by, at=at)
    added = _next_version(
        proposal, ProposalState.PENDING, last, content, last.before, last.before_read_at,
        by, at, wished=False,
    )  # fmt: skip
    _ask_anew(proposal, "policy_changed", added, by=by, at=at)
    return True


def _ask_anew(
    proposal: Proposal, code: str, added: ProposalVersion, *, by: Actor, at: datetime
) -> None:
    result = {"code": code, "version": added.version}
    _step, lines = checkpoints.answer(proposal, StepState.DONE, result, at=at)
    checkpoints.ask(proposal, by=by, at=at)
    body = {"proposal": proposal.public_id, "version": added.version}
    edited = Line(proposal.run_id, "proposal.edited", body)
    ledger.append_many([*lines, edited], by=by, at=at)
    before = versions.of(proposal, added.version - 1)
    audit.record(
        "proposal.edited", proposal.public_id, by=by, at=at, version=added.version,
        was=before.payload, became=added.payload,
    )  # fmt: skip
    crashpoint("edit.recorded")


def _clocks(
    proposal: Proposal, verdict: policy.Verdict, at: datetime, *, wished: bool
) -> dict[str, Any]:
    """A version that somebody wished for has its own time, by the rule that judges it. One that only the
    rules made never has more than what it replaces: nobody looked at it anew."""
    approve_by = at + timedelta(minutes=verdict.approve_by_minutes)
    execute_by = at + timedelta(minutes=verdict.execute_by_minutes)
    if not wished:
        approve_by = min(approve_by, proposal.approve_by)
        execute_by = min(execute_by, proposal.execute_by)
    rests = proposal.snoozed_until is not None and proposal.snoozed_until < approve_by
    woken = {} if rests else {"snoozed_until": None, "snoozed_by": ""}
    return {"approve_by": approve_by, "execute_by": execute_by, **woken}


def _next_version(
    proposal: Proposal, state: ProposalState, last: ProposalVersion, content: Content,
    before: dict[str, Any], read_at: datetime | None, by: Actor, at: datetime,
    *, wished: bool = True,
) -> ProposalVersion:  # fmt: skip
    verdict = judging.judge(proposal.run, content, of=proposal)
    current = Proposal.objects.filter(id=proposal.id, state=state, version=last.version)
    if state == ProposalState.PENDING:
        # What went back to people after a conflict was decided in time; the others expire.
        current = current.filter(approve_by__gt=at)
    # Only whoever finds the version still current adds the next one.
    changed = current.update(
        state=ProposalState.PENDING,
        version=last.version + 1,
        risk=verdict.risk,
        rule=verdict.rule,
        role=verdict.role or proposal.role,
        stages=quorum.plain(verdict.stages) or proposal.stages,
        four_eyes=verdict.four_eyes,
        given=0,
        decided_at=None,
        decided_by=None,
        **_clocks(proposal, verdict, at, wished=wished),
    )
    proposal.refresh_from_db()
    if not changed:
        over = proposal.state == ProposalState.PENDING and proposal.approve_by <= at
        ended = str(ProposalState.EXPIRED if over else proposal.state)
        raise Conflict("newer_version", version=proposal.version, state=ended)
    fields.take(proposal, content)
    return versions.add(
        proposal, contents.dump(content), before=before, read_at=read_at, by=by, at=at
    )
