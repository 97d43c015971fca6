"""Stored wishes: what was asked for since a day, as other rules would have met it. It reads; nothing is changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from approvals import contents, contradictions, disclosure, hearing
from approvals.conditions import UNKNOWN, Fact
from approvals.contents import Content, Effect
from approvals.models import OutboxEntry, Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from runs import releases
from runs.models import Evidence, Run, Step, Workflow
from runs.models.step import StepState

MOST = 500
"""Proposals, as many effects that a rule let pass, and as many refusals: the newest are looked at."""

_WORDS = "kept"


@dataclass(frozen=True, slots=True)
class Waits:
    """A wish that waits for a decision now: since when as it stands, and until when."""

    since: datetime
    approve_by: datetime
    execute_by: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One wish as it was stored: a proposal, an effect (`OBX-…`) that a rule let pass by itself, or what a
    rule refused (`RUN-…`): of that only the actions and fields that were asked for are known."""

    public_id: str
    title: str
    at: datetime
    frozen: releases.Content
    content: Content
    grades: Mapping[str, str]
    tier: str = ""
    wrong: tuple[contradictions.Contradiction, ...] = ()
    waits: Waits | None = None
    refused: tuple[str, ...] = ()
    asked: tuple[Fact, ...] = ()


def stored_cases(workflow: Workflow, since: datetime) -> tuple[list[Case], int]:
    """The newest wishes since then, newest first, and how many there are in all."""
    mine = Q(run__release__workflow=workflow)
    made = Proposal.objects.filter(mine, proposed_at__gte=since)
    passed = OutboxEntry.objects.filter(
        mine, created_at__gte=since, approval__isnull=True, request__gt=""
    ).exclude(policy_rule="")
    barred = Step.objects.filter(
        mine, started_at__gte=since, state=StepState.DENIED, result__code="never_by_policy"
    )
    with_run = ("run__release", "run__customer")
    proposals = made.select_related(*with_run).order_by("-proposed_at", "-id")[:MOST]
    entries = passed.select_related(*with_run).order_by("-created_at", "-id")[:MOST]
    steps = barred.select_related(*with_run).order_by("-started_at", "-id")[:MOST]
    found = [
        *_of_proposals(list(proposals)),
        *(_of_entry(one) for one in entries),
        *(_of_refusal(one) for one in steps),
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    return found, made.count() + passed.count() + barred.count()


def _of_proposals(found: Sequence[Proposal]) -> list[Case]:
    """With three queries for all of them: their versions, the grades of their evidence, the words heard."""
    kept = ProposalVersion.objects.filter(
        proposal__in=found, version=F("proposal__version")
    ).select_related("proposal")
    loaded = {one.proposal_id: contents.load(one) for one in kept}
    since = {one.proposal_id: one.at for one in kept}
    ids = {
        name
        for content in loaded.values()
        for change in content.changes
        for name in change.evidence
    }
    grades = dict(Evidence.objects.filter(public_id__in=ids).values_list("public_id", "grade"))
    heard = hearing.words(ids)
    cases = []
    for proposal in found:
        content = loaded[proposal.id]
        named = {name for change in content.changes for name in change.evidence}
        cases.append(
            Case(
                proposal.public_id,
                content.title,
                proposal.proposed_at,
                releases.content_of(proposal.run.release),
                content,
                # What was purged since is judged as words that were not found.
                {name: grades.get(name, "unverified") for name in named},
                _tier(proposal.run),
                tuple(contradictions.find(content.changes, heard)),
                _waits(proposal, since[proposal.id]),
            )
        )
    return cases


def _waits(proposal: Proposal, since: datetime) -> Waits | None:
    if proposal.state != ProposalState.PENDING:
        return None
    return Waits(since, proposal.approve_by, proposal.execute_by)


def _of_refusal(step: Step) -> Case:
    details = (step.result or {}).get("details") or {}
    frozen = releases.content_of(step.run.release)
    actions = tuple(str(one) for one in details.get("actions") or ())
    return Case(
        step.run.public_id, step.name, step.started_at, frozen, Content(effects=(), title=step.name),
        {}, _tier(step.run), refused=actions or (step.name,), asked=tuple(asked(step.arguments)),
    )  # fmt: skip


def asked(arguments: Mapping[str, Any]) -> list[Fact]:
    """Fields as they stand in arguments of either form: {"field", "value"} one by one, or by name."""
    changes = arguments.get("changes")
    if isinstance(changes, Mapping):
        return [Fact(str(name), UNKNOWN, value) for name, value in changes.items()]
    listed = changes if isinstance(changes, list) else []
    named = [one for one in listed if isinstance(one, Mapping) and one.get("field")]
    return [Fact(str(one["field"]), UNKNOWN, one.get("value", UNKNOWN)) for one in named]


def _of_entry(entry: OutboxEntry) -> Case:
    request = json.loads(entry.request)
    effect = Effect(action=entry.action, arguments=request["arguments"])
    content = Content(effects=(effect,), title=entry.action)
    frozen = releases.content_of(entry.run.release)
    # It passed by itself, so its values had their words; which ones the entry does not name.
    words = {name: [_WORDS] for one in disclosure.sendings(frozen, content)
             for name in one.kind.values(one.arguments)}  # fmt: skip
    content = disclosure.completed(entry.run, content, request["before"], words)
    grades = {_WORDS: "stated"}
    return Case(
        entry.public_id, entry.action, entry.created_at, frozen, content, grades, _tier(entry.run)
    )


def _tier(run: Run) -> str:
    return run.customer.tier if run.customer else ""
