"""Dry look: what other rules would have made of what was stored. It reads and compares; nothing is changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F, Q

from approvals import contents, contradictions, hearing, judging
from approvals.contents import Content, Effect
from approvals.models import OutboxEntry, Proposal, ProposalVersion
from approvals.policy import Verdict
from runs import releases, satisfiable
from runs.errors import Invalid
from runs.models import Evidence, Membership, Run, Workflow
from runs.policies import Policy

MOST = 500
"""Proposals, and as many effects that a rule let pass: the newest are looked at."""

Change = Literal["more", "fewer", "other", "blocked", "same", "unreadable"]
CHANGES: tuple[Change, ...] = ("more", "fewer", "other", "blocked", "same", "unreadable")


@dataclass(frozen=True, slots=True)
class Case:
    """One wish as it was stored: a proposal, or an effect (`OBX-…`) that a rule let pass by itself."""

    public_id: str
    title: str
    at: datetime
    frozen: releases.Content
    content: Content
    grades: Mapping[str, str]
    tier: str = ""
    wrong: tuple[contradictions.Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One case under both policies; None where one of them cannot judge it."""

    case: Case
    change: Change
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class Look:
    """`stored` is how many there are since then; of them, the newest `len(found)` were looked at."""

    since: datetime
    stored: int
    found: tuple[Found, ...]

    def of(self, change: Change) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one.change == change)


def look(workflow: Workflow, later: Policy, *, since: datetime) -> Look:
    """The stored wishes of a workflow since then, under today's policy and under a later one."""
    assert workflow.current is not None
    today = releases.content_of(workflow.current).policy
    cases, stored = stored_cases(workflow, since)
    members = Membership.objects.filter(
        workspace_id=workflow.workspace_id, user__is_active=True
    ).values_list("roles", flat=True)
    people = [frozenset(roles) for roles in members]
    return Look(since, stored, tuple(compare(cases, today, later, people)))


def compare(
    cases: Iterable[Case], today: Policy, later: Policy, people: Sequence[frozenset[str]]
) -> list[Found]:
    """Each case under both. Pure; `people` are the roles of each person who could decide now."""
    found = []
    for case in cases:
        before, after = _judge(case, today), _judge(case, later)
        found.append(Found(case, _change(before, after, people), before, after))
    return found


def _change(
    before: Verdict | None, after: Verdict | None, people: Sequence[frozenset[str]]
) -> Change:
    if before is None or after is None:
        return "unreadable"
    was_blocked, is_blocked = _blocked(before, people), _blocked(after, people)
    if is_blocked:
        return "same" if was_blocked else "blocked"
    if was_blocked:
        return "other"
    if after.people != before.people:
        return "more" if after.people > before.people else "fewer"
    alike = before.risk == after.risk and before.four_eyes == after.four_eyes
    return "same" if alike and before.stages == after.stages else "other"


def _blocked(verdict: Verdict, people: Sequence[frozenset[str]]) -> bool:
    """Nobody may allow it, or too few could. Who wrote it is not counted out here: mostly an agent did."""
    if verdict.never:
        return True
    return not satisfiable.enough(verdict.stages, people, four_eyes=False)


def _judge(case: Case, rules: Policy) -> Verdict | None:
    try:
        return judging.judged(
            case.frozen, rules, case.content, grades=case.grades, tier=case.tier, wrong=case.wrong
        )
    except (Invalid, KeyError):
        return None


def stored_cases(workflow: Workflow, since: datetime) -> tuple[list[Case], int]:
    """The newest wishes since then, newest first, and how many there are in all."""
    mine = Q(run__release__workflow=workflow)
    made = Proposal.objects.filter(mine, proposed_at__gte=since)
    passed = OutboxEntry.objects.filter(
        mine, created_at__gte=since, approval__isnull=True, request__gt=""
    ).exclude(policy_rule="")
    with_run = ("run__release", "run__customer")
    proposals = made.select_related(*with_run).order_by("-proposed_at", "-id")[:MOST]
    entries = passed.select_related(*with_run).order_by("-created_at", "-id")[:MOST]
    found = [*_of_proposals(list(proposals)), *(_of_entry(one) for one in entries)]
    found.sort(key=lambda one: one.at, reverse=True)
    return found, made.count() + passed.count()


def _of_proposals(found: Sequence[Proposal]) -> list[Case]:
    """With three queries for all of them: their versions, the grades of their evidence, the words heard."""
    kept = ProposalVersion.objects.filter(
        proposal__in=found, version=F("proposal__version")
    ).select_related("proposal")
    loaded = {one.proposal_id: contents.load(one) for one in kept}
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
            )
        )
    return cases


def _of_entry(entry: OutboxEntry) -> Case:
    effect = Effect(action=entry.action, arguments=json.loads(entry.request)["arguments"])
    content = Content(effects=(effect,), title=entry.action)
    frozen = releases.content_of(entry.run.release)
    return Case(
        entry.public_id, entry.action, entry.created_at, frozen, content, {}, _tier(entry.run)
    )


def _tier(run: Run) -> str:
    return run.customer.tier if run.customer else ""
