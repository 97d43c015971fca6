"""Judging: what the workflow's policy says about a content, whoever decides and whenever."""

from collections.abc import Collection

from approvals import action_types, policy
from approvals.contents import Content, Effect
from approvals.models import Proposal
from runs import releases
from runs.errors import Invalid
from runs.models import Evidence, Run


def rules_of(run: Run) -> releases.Policy:
    """The policy that holds now. A call finishes on its release, but who decides follows the newest one."""
    current = run.release.workflow.current
    return releases.content_of(current or run.release).policy


def judge(run: Run, content: Content) -> policy.Verdict:
    """The highest verdict over all effects; the grades of the evidence are looked up."""
    frozen = releases.content_of(run.release)
    ids = [one for change in content.changes for one in change.evidence]
    grades = dict(
        Evidence.objects.filter(run=run, public_id__in=ids).values_list("public_id", "grade")
    )
    rules = rules_of(run)
    unknown = sorted(set(ids) - set(grades))
    if unknown:
        raise Invalid("unknown_evidence", evidence=unknown)
    return policy.highest(
        _judge_effect(frozen, rules, effect, grades.values()) for effect in content.effects
    )


def _judge_effect(
    frozen: releases.Content,
    rules: releases.Policy,
    effect: Effect,
    grades: Collection[str],
) -> policy.Verdict:
    action = releases.action_of(frozen, effect.action)
    if action is None or effect.action not in frozen.workflow.external_actions:
        raise Invalid("action_not_in_workflow", action=effect.action)
    kind = action_types.get(action.type)
    try:
        arguments = action_types.parse(kind.Arguments, effect.arguments)
    except ValueError as error:
        raise Invalid("bad_action_arguments", action=effect.action, why=str(error)[:300]) from error
    return policy.judge(
        rules,
        action=effect.action,
        changes=kind.fields(arguments),
        grades=grades,
        floor=kind.risk,
    )


def is_current(proposal: Proposal, content: Content) -> bool:
    """Whether today's policy still says what the proposal was shown with."""
    verdict = judge(proposal.run, content)
    shown = (proposal.risk, proposal.rule, proposal.role)
    return shown == (verdict.risk, verdict.rule, verdict.role or proposal.role)
