"""What a proposal and an effect look like to machines."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from approvals import attention, contents, hearing, quorum, remarks, resolutions, reversals, verbs
from approvals.models import (
    Approval,
    Attempt,
    OutboxEntry,
    Proposal,
    ProposalVersion,
    Remark,
)
from approvals.reading import Current
from approvals.reversals import Reversal
from runs import canonical, handles, masks
from runs.api import runs
from runs.errors import Refused
from runs.models import Evidence
from runs.people import Actor

MAX_ANSWER = 4096


def head(one: Proposal) -> dict[str, Any]:
    slug = one.run.workspace.slug
    return {
        "id": one.public_id,
        "handle": handles.make(slug, one.public_id),
        "state": one.state,
        "action": one.action,
        "risk": one.risk,
        "rule": one.rule,
        "role": one.role,
        "given": one.given,
        "needed": sum(stage.people for stage in quorum.stages_of(one)),
        "version": one.version,
        "customer": runs.customer(one.run),
        "run": handles.make(slug, one.run.public_id),
        "proposed_at": canonical.stamp(one.proposed_at),
        "approve_by": canonical.stamp(one.approve_by),
        "execute_by": canonical.stamp(one.execute_by),
        "decided_at": _stamp(one.decided_at),
        "decided_by": one.decided_by.name if one.decided_by else None,
    }


def proposal(one: Proposal, actor: Actor, at: datetime) -> dict[str, Any]:
    slug = one.run.workspace.slug
    kept = list(ProposalVersion.objects.filter(proposal=one).order_by("version"))
    found = [version(slug, each, actor) for each in kept]
    named = {
        name for each in kept for change in contents.load(each).changes for name in change.evidence
    }
    # Of the run, or of a later one whose words joined it.
    proofs = Evidence.objects.filter(public_id__in=named).select_related("run").order_by("id")
    said = hearing.words(named)
    decisions = Approval.objects.filter(proposal=one).order_by("at", "id")
    entries = OutboxEntry.objects.filter(proposal=one).select_related(
        "run__workspace", "proposal", "after"
    )
    return {
        **head(one),
        "snoozed_until": _stamp(one.snoozed_until),
        "reviewer": attention.reviewer(one, at) or None,
        "remarks": masks.for_actor([remark(each) for each in remarks.of(one)], actor),
        "versions": found,
        "evidence": [proof(slug, each, said.get(each.public_id)) for each in proofs],
        "decisions": masks.for_actor([decision(each) for each in decisions], actor),
        "outbox": [entry_head(each, actor) for each in entries.order_by("created_at", "id")],
        "verbs": _verbs(verbs.verbs_for(actor, one, at)),
    }


def proof(slug: str, one: Evidence, quote: str | None) -> dict[str, Any]:
    run = handles.make(slug, one.run.public_id)
    return {**runs.evidence(slug, one), "run": run, "quote": quote}


def version(slug: str, one: ProposalVersion, actor: Actor) -> dict[str, Any]:
    """The digest is of the values in full, whoever asks."""
    content = contents.load(one)
    changes = [
        {
            **change.model_dump(mode="json"),
            "evidence": [handles.make(slug, name) for name in change.evidence],
        }
        for change in content.changes
    ]
    return {
        "version": one.version,
        "digest": bytes(one.digest).hex(),
        **masks.for_actor(
            {
                "title": content.title,
                "reason": content.reason,
                "changes": changes,
                "effects": [effect.model_dump(mode="json") for effect in content.effects],
                "before": one.before,
            },
            actor,
        ),
        "before_read_at": _stamp(one.before_read_at),
        "author": one.author,
        "at": canonical.stamp(one.at),
    }


def decision(one: Approval) -> dict[str, Any]:
    return {
        "decision": one.decision,
        "version": one.version,
        "by": one.user_name,
        "role": one.role,
        "reason_code": one.reason_code or None,
        "note": one.note or None,
        "at": canonical.stamp(one.at),
        "undone_at": _stamp(one.undone_at),
    }


def remark(one: Remark) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "text": one.text,
        "taken_from": one.from_name or None,
        "by": one.user_name,
        "at": canonical.stamp(one.at),
    }


def current(found: Current, actor: Actor) -> dict[str, Any]:
    return {
        "values": masks.for_actor(found.values, actor),
        "read_at": _stamp(found.read_at),
        "failed": found.failed or None,
        "differences": masks.for_actor([asdict(one) for one in found.differences], actor),
        "unread": masks.for_actor([asdict(one) for one in found.unread], actor),
    }


def entry_head(one: OutboxEntry, actor: Actor) -> dict[str, Any]:
    slug = one.run.workspace.slug
    return {
        "id": one.public_id,
        "handle": handles.make(slug, one.public_id),
        "state": one.state,
        "reason": one.reason or None,
        "action": one.action,
        "action_type": one.action_type,
        "idempotency": one.idempotency,
        "idempotency_key": str(one.id),
        "target": masks.for_actor(one.target, actor),
        "run": handles.make(slug, one.run.public_id),
        "proposal": handles.make(slug, one.proposal.public_id) if one.proposal else None,
        "after": handles.make(slug, one.after.public_id) if one.after else None,
        "policy_rule": one.policy_rule or None,
        "held": one.held,
        "hold_until": canonical.stamp(one.hold_until),
        "available_at": canonical.stamp(one.available_at),
        "execute_by": canonical.stamp(one.execute_by),
        "attempts": one.attempts,
        "created_at": canonical.stamp(one.created_at),
        "finished_at": _stamp(one.finished_at),
    }


def entry(one: OutboxEntry, actor: Actor, at: datetime) -> dict[str, Any]:
    """The frozen request without its connection and configuration: those are of no use outside."""
    tries = Attempt.objects.filter(entry=one).order_by("number")
    return {
        **entry_head(one, actor),
        "arguments": masks.for_actor(
            json.loads(one.request)["arguments"] if one.request else None, actor
        ),
        "request_digest": bytes(one.request_digest).hex(),
        "result": masks.for_actor(one.result, actor),
        "tries": [masks.for_actor(attempt(each), actor) for each in tries],
        "reversal": reversal(reversals.of(one), actor),
        "verbs": _verbs(resolutions.verbs_for(actor, one, at)),
    }


def reversal(found: Reversal, actor: Actor) -> dict[str, Any]:
    changes = found.content.changes if found.content else ()
    slug = found.entry.run.workspace.slug
    return {
        "reversible": found.reversible,
        "why": found.why or None,
        "changes": masks.for_actor([one.model_dump(mode="json") for one in changes], actor),
        "proposal": handles.make(slug, found.proposal.public_id) if found.proposal else None,
    }


def attempt(one: Attempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "started_at": canonical.stamp(one.started_at),
        "wired_at": _stamp(one.wired_at),
        "ended_at": _stamp(one.ended_at),
        "verdict": one.verdict or None,
        "status": one.status,
        "answer": one.answer[:MAX_ANSWER] or None,
        "error": one.error or None,
    }


def _verbs(found: Mapping[str, Refused | None]) -> dict[str, Any]:
    return {
        verb: {"allowed": refusal is None, "code": refusal.code if refusal else None}
        for verb, refusal in found.items()
    }


def _stamp(at: datetime | None) -> str | None:
    return canonical.stamp(at) if at else None
