"""Judging: what the workflow's policy says about a content, whoever decides and whenever."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q

from approvals import (
    action_types,
    contents,
    contradictions,
    hearing,
    policy,
    quorum,
    recipients,
    versions,
)
from approvals.conditions import UNKNOWN, Fact
from approvals.contents import Content, Effect
from approvals.models import Proposal, ProposalVersion
from runs import money, releases
from runs.errors import Invalid, NotAllowed
from runs.models import Evidence, Run

# A value that no words stand behind: no better than words that were not found.
NOT_SAID = "unverified"


def rules_of(run: Run) -> releases.Policy:
    """The policy that holds now. A call finishes on its release, but who decides follows the newest one."""
    current = run.release.workflow.current
    return releases.content_of(current or run.release).policy


def bars(rules: releases.Policy, action: str) -> bool:
    """Whether nobody may let this action go at all."""
    autonomy = rules.autonomy.get(action)
    return autonomy is not None and autonomy.level == "never"


def judge(run: Run, content: Content, *, of: Proposal | None = None) -> policy.Verdict:
    """The highest verdict over all effects; the grades of the evidence are looked up. As a version `of` a
    proposal it is also judged by whom else it writes to than its first one.

    Raise NotAllowed where the autonomy of an action is `never`.
    """
    tier = run.customer.tier if run.customer else ""
    verdict = judged(
        releases.content_of(run.release),
        rules_of(run),
        content,
        grades=grades_of(run, content),
        tier=tier,
        wrong=contradictions_of(content),
    )
    if of is not None:
        moved = recipients.changed(of, content)
        verdict = recipients.judge(rules_of(run), verdict, moved, tier)
    if verdict.never:
        raise NotAllowed("never_by_policy", actions=[one.action for one in content.effects])
    return verdict


def judged(
    frozen: releases.Content,
    rules: releases.Policy,
    content: Content,
    *,
    grades: Mapping[str, str],
    tier: str,
    wrong: Sequence[contradictions.Contradiction] = (),
) -> policy.Verdict:
    """What these rules say of a content whose words have these grades (by evidence). Pure."""
    verdict = policy.combined(
        _judge_effect(frozen, rules, effect, content, grades, tier) for effect in content.effects
    )
    return policy.raised(rules, verdict, wrong[0].rule) if wrong else verdict


def grades_of(run: Run, content: Content) -> dict[str, str]:
    """Evidence of the run, or of another call of its customer: later words join an open proposal."""
    ids = [one for change in content.changes for one in change.evidence]
    ours = Q(run=run) | Q(run__customer_id=run.customer_id, run__customer_id__isnull=False)
    found = Evidence.objects.filter(ours, public_id__in=ids)
    grades = dict(found.values_list("public_id", "grade"))
    unknown = sorted(set(ids) - set(grades))
    if unknown:
        raise Invalid("unknown_evidence", evidence=unknown)
    return grades


def contradictions_of(content: Content) -> list[contradictions.Contradiction]:
    """Values that say something else than the caller's words behind them."""
    ids = [one for change in content.changes for one in change.evidence]
    return contradictions.find(content.changes, hearing.words(ids))


def _judge_effect(
    frozen: releases.Content,
    rules: releases.Policy,
    effect: Effect,
    content: Content,
    grades: Mapping[str, str],
    tier: str,
) -> policy.Verdict:
    action = releases.action_of(frozen, effect.action)
    if action is None or effect.action not in frozen.workflow.external_actions:
        raise Invalid("action_not_in_workflow", action=effect.action)
    kind = action_types.get(action.type)
    try:
        arguments = action_types.parse(kind.Arguments, effect.arguments)
        config = action_types.parse(kind.Config, action.config)
        kind.check(config, arguments)
    except ValueError as error:
        details = action_types.wrong(error)
        raise Invalid("bad_action_arguments", action=effect.action, **details) from error
    values = kind.values(arguments)
    facts = tuple(_facts(kind.fields(arguments), values, content, grades))
    said_by_somebody = values.keys() - kind.bound(config).keys()
    unsaid = [NOT_SAID for fact in facts if fact.field in said_by_somebody and not fact.grades]
    return policy.judge(
        rules,
        action=effect.action,
        changes=facts,
        grades=[*grades.values(), *unsaid],
        tier=tier,
        amounts=[found for one in values.values() if (found := money.read(one)) is not None],
        floor=kind.risk,
    )


def _facts(
    fields: Sequence[str], values: Mapping[str, Any], content: Content, grades: Mapping[str, str]
) -> Iterator[Fact]:
    """What would be sent, beside what is shown as the value before it."""
    shown = {change.field: change for change in content.changes}
    for field in fields:
        change = shown.get(field)
        behind = frozenset(grades[one] for one in change.evidence) if change else frozenset()
        before = change.before if change else UNKNOWN
        yield Fact(field, before, values.get(field, UNKNOWN), behind)


def is_current(proposal: Proposal, shown: ProposalVersion) -> bool:
    """Whether today's policy still says what this version was shown with."""
    content = contents.load(shown)
    try:
        # The first version writes to whom was wished for.
        verdict = judge(proposal.run, content, of=proposal if proposal.version > 1 else None)
    except NotAllowed:
        return False
    if proposal.rule.startswith(contradictions.RULE) and verdict.rule != proposal.rule:
        # The words that contradicted were redacted since: it stays as strict as it was shown.
        verdict = policy.raised(rules_of(proposal.run), verdict, proposal.rule)
    known = (proposal.risk, proposal.rule, proposal.role)
    if known != (verdict.risk, verdict.rule, verdict.role or proposal.role):
        return False
    who = quorum.stages_of(proposal), quorum.four_eyes(proposal)
    if who != (verdict.stages or who[0], verdict.four_eyes):
        return False
    if not verdict.needs_person:
        verdict = policy.ask(rules_of(proposal.run), verdict, "proposed")
    return not _gives_less_time(verdict, proposal, shown)


def _gives_less_time(verdict: policy.Verdict, proposal: Proposal, shown: ProposalVersion) -> bool:
    """Whether these rules would have ended it before the times that were shown. Rules that give more leave a
    version the time that it has."""
    decide = shown.at + timedelta(minutes=verdict.approve_by_minutes)
    send = shown.at + timedelta(minutes=verdict.execute_by_minutes)
    return decide < proposal.approve_by or send < proposal.execute_by


def is_barred(proposal: Proposal, content: Content) -> bool:
    """Whether today's policy lets nobody allow it."""
    try:
        judge(proposal.run, content)
    except NotAllowed:
        return True
    return False


def is_draft(proposal: Proposal) -> bool:
    """Whether an action of it is drafted for a person, who looks at one at a time."""
    autonomy = rules_of(proposal.run).autonomy
    effects = contents.load(versions.of(proposal)).effects
    return any(autonomy[one.action].level == "draft" for one in effects if one.action in autonomy)
