"""Policy: which risk a wish has, which rule says so, and whose decision it needs. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import re2

from runs.releases import Policy, Risk, RiskRule

ORDER: dict[str, int] = {"low": 0, "medium": 1, "high": 2}
DEFAULT_RULE = "default"
# Grades that no gate opens for: the words were not found, or nobody said them.
WEAK_GRADES = frozenset({"unverified", "inferred"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one wish. `role` is whose decision it needs; empty: the rule itself allows it."""

    risk: Risk
    rule: str
    role: str
    words: str = ""

    @property
    def needs_person(self) -> bool:
        return bool(self.role)


def judge(
    policy: Policy,
    *,
    action: str,
    changes: Iterable[str] = (),
    grades: Collection[str] = (),
    floor: Risk = "low",
) -> Verdict:
    """The highest risk of all changed fields; the rule of that risk is named.

    A field takes the highest rule that matches it. Where none does, the policy's default holds, but
    not less than `floor` (the action type's own risk). Only a low risk may pass without a person, and
    never on words that were not verified.
    """
    verdicts = [_judge_field(policy, action, field, floor) for field in sorted(changes)]
    verdict = highest(verdicts or [_judge_field(policy, action, None, floor)])
    weak = bool(WEAK_GRADES.intersection(grades))
    named = role_from(policy, verdict.risk)
    if not verdict.needs_person and (verdict.risk != "low" or weak or named):
        return replace(verdict, role=named or policy.default_role)
    return verdict


def role_from(policy: Policy, risk: Risk) -> str:
    """Whose decision a risk is by `ON RISK …`: the role of the highest risk that is named up to it."""
    named = [one for one in policy.roles if ORDER[one] <= ORDER[risk]]
    return policy.roles[max(named, key=ORDER.__getitem__)] if named else ""


def highest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of the highest risk; of equal ones the first that needs a person and has a rule to name."""
    return max(
        verdicts, key=lambda one: (ORDER[one.risk], one.needs_person, one.rule != DEFAULT_RULE)
    )


def _judge_field(policy: Policy, action: str, field: str | None, floor: Risk) -> Verdict:
    found = [rule for rule in policy.rules if _matches(rule, action, field)]
    if not found:
        risk = max(policy.default_risk, floor, key=ORDER.__getitem__)
        return Verdict(risk, DEFAULT_RULE, role_from(policy, risk) or policy.default_role)
    return highest(Verdict(rule.risk, rule.key, rule.role, rule.words) for rule in found)


def _matches(rule: RiskRule, action: str, field: str | None) -> bool:
    if not _pattern(rule.action).fullmatch(action):
        return False
    if rule.field is None:
        return True
    return field is not None and bool(_pattern(rule.field).fullmatch(field))


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> Any:
    """A name in which `*` stands for anything. RE2: linear time whatever an admin writes."""
    return re2.compile(".*".join(re2.escape(part) for part in glob.split("*")))
