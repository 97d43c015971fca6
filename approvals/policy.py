"""Policy: which risk a wish has, which rule says so, and who has to decide about it. Pure.

It looks at structured values only: no text of a model, and no confidence of one, has a place to go in.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any

import re2

from approvals.conditions import Fact, holds, knows_currency
from runs import money
from runs.demands import is_plain, role_from, role_of, stages_of, together
from runs.policies import Autonomy, Policy, Risk, RiskRule, Stage, terms_of

ORDER: dict[str, int] = {"low": 0, "medium": 1, "high": 2}
DEFAULT_RULE = "default"
# Grades that no gate opens for: the words were not found, or nobody said them.
WEAK_GRADES = frozenset({"unverified", "inferred"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one wish. `role` is whose decision it needs first; empty: the rule itself allows it.

    `why` is a code where something else than the rule asks for a person. `never`: nobody can allow it.
    """

    risk: Risk
    rule: str
    role: str
    words: str = ""
    stages: tuple[Stage, ...] = ()
    four_eyes: bool = False
    approve_by_minutes: int = 0
    execute_by_minutes: int = 0
    why: str = ""
    never: bool = False

    @property
    def needs_person(self) -> bool:
        return bool(self.role)

    @property
    def people(self) -> int:
        """How many have to say yes."""
        return sum(stage.people for stage in self.stages)


def judge(
    policy: Policy,
    *,
    action: str,
    changes: Iterable[str | Fact] = (),
    grades: Collection[str] = (),
    tier: str = "",
    amounts: Sequence[money.Money] = (),
    floor: Risk = "low",
) -> Verdict:
    """The highest risk of all changed fields; the rule of that risk is named.

    A field takes the highest rule that matches it. Where none does, the policy's default holds, but
    not less than `floor` (the action type's own risk). Only a low risk may pass without a person, never
    on words that were not verified, and never further than the action's autonomy goes.
    """
    facts = [one if isinstance(one, Fact) else Fact(one) for one in changes]
    judged = [
        _judge_field(policy, action, fact, tier, floor)
        for fact in sorted(facts, key=lambda one: one.field)
    ]
    verdict = combined(judged or [_judge_field(policy, action, None, tier, floor)])
    if not verdict.needs_person and (why := _asks(policy, action, verdict, grades, amounts)):
        verdict = ask(policy, verdict, why)
    autonomy = policy.autonomy.get(action)
    return replace(verdict, never=autonomy is not None and autonomy.level == "never")


def _asks(
    policy: Policy,
    action: str,
    verdict: Verdict,
    grades: Collection[str],
    amounts: Sequence[money.Money],
) -> str:
    """Why a person is asked although the rule would let it pass; empty where it passes."""
    if verdict.risk != "low":
        return "not_low"
    if WEAK_GRADES.intersection(grades):
        return "weak_words"
    if role_from(policy, verdict.risk):
        return "risk_named"
    return _beyond(policy.autonomy.get(action), amounts)


def _beyond(autonomy: Autonomy | None, amounts: Sequence[money.Money]) -> str:
    if autonomy is None:
        return ""
    if autonomy.level != "auto":
        return f"autonomy_{autonomy.level}"
    if autonomy.limit is None:
        return ""
    limit = autonomy.limit.money
    # Without an amount, or in another currency, nobody knows that it is under the limit.
    if not amounts or any(one.currency != limit.currency for one in amounts):
        return "amount_unknown"
    return "over_limit" if sum(abs(one.minor) for one in amounts) > limit.minor else ""


def ask(policy: Policy, verdict: Verdict, why: str) -> Verdict:
    """The same, decided by a person: by whom its risk asks, else the default."""
    role = role_of(policy, None, verdict.risk)
    return _decided(replace(verdict, role=role, why=why), policy, None)


def raised(policy: Policy, verdict: Verdict, rule: str) -> Verdict:
    """The same as a high risk under another rule's name, decided no less strictly than before."""
    role = role_from(policy, "high") or verdict.role or policy.default_role
    high = _decided(Verdict("high", rule, role), policy, None)
    return replace(combined([high, verdict]), words="", never=verdict.never)


def names(policy: Policy, *, action: str, fact: Fact, tier: str) -> list[RiskRule]:
    """The rules that name this very field and are known to hold: one for all fields says nothing of it."""
    return [
        rule
        for rule in policy.rules
        if rule.field == fact.field
        and _names(rule, action, fact)
        and holds(rule.when, fact, tier) is True
    ]


def named(
    policy: Policy, verdict: Verdict, *, action: str, fact: Fact, tier: str
) -> Verdict | None:
    """With what the rules that name this very field ask for; None where none does."""
    found = names(policy, action=action, fact=fact, tier=tier)
    if not found:
        return None
    asked = [_by_rule(policy, rule, rule.risk) for rule in found]
    return replace(combined([verdict, *asked]), never=verdict.never)


def highest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of the highest risk; of equal ones the first that needs a person and has a rule to name."""
    return max(verdicts, key=_strictness)


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """The highest verdict, with what else the others ask for: their stages, four eyes, the shorter clocks."""
    found = sorted(verdicts, key=_strictness, reverse=True)
    return replace(reduce(_joined, found[1:], found[0]), never=any(one.never for one in found))


def _strictness(one: Verdict) -> tuple[int, bool, int, bool]:
    return ORDER[one.risk], one.needs_person, one.people, one.rule != DEFAULT_RULE


def _joined(one: Verdict, other: Verdict) -> Verdict:
    if not other.needs_person:
        return one
    return replace(
        one,
        stages=one.stages if is_plain(other.stages) else together(one.stages, other.stages),
        four_eyes=one.four_eyes or other.four_eyes,
        approve_by_minutes=min(one.approve_by_minutes, other.approve_by_minutes),
        execute_by_minutes=min(one.execute_by_minutes, other.execute_by_minutes),
    )


def _judge_field(policy: Policy, action: str, fact: Fact | None, tier: str, floor: Risk) -> Verdict:
    found: list[Verdict] = []
    perhaps: list[Verdict] = []
    meant = [rule for rule in policy.rules if _names(rule, action, fact)]
    known = knows_currency(meant, fact)
    for rule in meant:
        answer = holds(rule.when, fact, tier, known=known)
        if answer == "other_currency":
            # Nobody can say what it is worth: that is the highest risk, and never ignored.
            found.append(_by_rule(policy, rule, "high", answer))
        elif answer is True:
            found.append(_by_rule(policy, rule, rule.risk))
        elif answer is None:
            perhaps.append(_by_rule(policy, rule, rule.risk, "not_known"))
    # What is not known can make it stricter, never looser: the default stands beside it.
    return combined([*(found or [_by_default(policy, floor)]), *perhaps])


def _by_rule(policy: Policy, rule: RiskRule, risk: Risk, why: str = "") -> Verdict:
    verdict = Verdict(risk, rule.key, role_of(policy, rule, risk), rule.words, why=why)
    return _decided(verdict, policy, rule)


def _by_default(policy: Policy, floor: Risk) -> Verdict:
    risk = max(policy.default_risk, floor, key=ORDER.__getitem__)
    return _decided(Verdict(risk, DEFAULT_RULE, role_of(policy, None, risk)), policy, None)


def _decided(verdict: Verdict, policy: Policy, rule: RiskRule | None) -> Verdict:
    """With how it is decided."""
    terms = terms_of(policy, verdict.risk, rule)
    stages = stages_of(terms, verdict.role)
    return replace(
        verdict,
        role=stages[0].roles[0] if stages else "",
        stages=stages,
        four_eyes=bool(terms.four_eyes),
        approve_by_minutes=terms.approve_by_minutes or policy.approve_by_minutes,
        execute_by_minutes=terms.execute_by_minutes or policy.execute_by_minutes,
    )


def _names(rule: RiskRule, action: str, fact: Fact | None) -> bool:
    if not _pattern(rule.action).fullmatch(action):
        return False
    if rule.field is None:
        return True
    return fact is not None and bool(_pattern(rule.field).fullmatch(fact.field))


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> Any:
    """A name in which `*` stands for anything. RE2: linear time whatever an admin writes."""
    return re2.compile(".*".join(re2.escape(part) for part in glob.split("*")))
