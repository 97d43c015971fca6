"""Demands: whose yes the words of a policy ask for, and what several rules that fire at once ask for together. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs.policies import RISKS, Policy, Risk, RiskRule, Stage, Terms, every_term, terms_of

# More different sums than these and nobody can say what the rules ask for.
MOST_SUMS = 400


@dataclass(frozen=True, slots=True)
class Demand:
    """What one rule asks for, or several that fire on one proposal."""

    rules: tuple[str, ...]
    risk: Risk
    stages: tuple[Stage, ...]
    four_eyes: bool

    @property
    def people(self) -> int:
        return sum(stage.people for stage in self.stages)

    @property
    def strictness(self) -> tuple[int, bool, int]:
        return RISKS.index(self.risk), bool(self.stages), self.people


def role_from(policy: Policy, risk: Risk) -> str:
    """Whose decision a risk is by `ON RISK …`: the role of the highest risk that is named up to it."""
    named = [one for one in policy.roles if RISKS.index(one) <= RISKS.index(risk)]
    return policy.roles[max(named, key=RISKS.index)] if named else ""


def role_of(policy: Policy, rule: RiskRule | None, risk: Risk) -> str:
    """Whose decision it is by this rule (None: by the default); empty: the rule itself allows it."""
    if rule is not None and (rule.role or risk == "low"):
        return rule.role
    return role_from(policy, risk) or policy.default_role


def stages_of(terms: Terms, role: str) -> tuple[Stage, ...]:
    """Stages in the policy's own words are a person's decision whatever else holds."""
    return terms.stages or ((Stage(roles=(role,)),) if role else ())


def is_plain(stages: Sequence[Stage]) -> bool:
    """One person of one stage: of a lower risk no second signature. A quorum or a sequence is one."""
    return len(stages) == 1 and stages[0].people == 1


@dataclass(slots=True)
class _Places:
    """People of one stage; `free` of them do not count for any of the others yet."""

    roles: frozenset[str]
    people: int
    free: int

    def give(self, wanted: int) -> int:
        given = min(self.free, wanted)
        self.free -= given
        return given


def together(stages: Sequence[Stage], others: Sequence[Stage]) -> tuple[Stage, ...]:
    """Both lists in one, with no more people than both ask for: whoever may say yes for a stage of each
    counts for both. What asked for two different people still does; what is left over comes after."""
    found = [_Places(frozenset(one.roles), one.people, one.people) for one in stages]
    for wanted in others:
        roles, left = frozenset(wanted.roles), wanted.people
        near = [one for one in found if one.free and one.roles <= roles]
        near.sort(key=lambda one: one.roles != roles)
        for one in near:
            left -= one.give(left)
        for one in [one for one in found if one.roles > roles]:
            left -= _narrow(found, one, roles, left)
        if near and near[0].roles == roles:
            near[0].people += left
        elif left:
            found.append(_Places(roles, left, 0))
    return tuple(_stage(one, (*stages, *others)) for one in found)


def _narrow(found: list[_Places], wide: _Places, roles: frozenset[str], left: int) -> int:
    """So many of a wide stage have to hold these roles; they come before the others of it."""
    given = wide.give(left)
    if given:
        wide.people -= given
        place = next(at for at, one in enumerate(found) if one is wide)
        found[place : place + (0 if wide.people else 1)] = [_Places(roles, given, 0)]
    return given


def _stage(one: _Places, named: Sequence[Stage]) -> Stage:
    """With its roles in the order in which the policy names them."""
    roles = next(stage.roles for stage in named if set(stage.roles) == one.roles)
    return Stage(roles=roles, people=one.people)


def sums(policy: Policy) -> list[Demand]:
    """What any rules that fire on one proposal ask for together, each different sum once; longer than
    MOST_SUMS where there are more. Any can: of two conditions that contradict each other both count while
    the value is not known. A risk that is raised by the words or by a currency is not summed up here."""
    single = _unlike(every(policy))
    found = {_key(one): one for one in single}
    fresh = list(found.values())
    while fresh and len(found) <= MOST_SUMS:
        made = [_sum(one, other) for one in fresh for other in single]
        fresh = [one for one in _unlike(made) if _key(one) not in found]
        found |= {_key(one): one for one in fresh}
    return list(found.values())


def every(policy: Policy) -> Iterable[Demand]:
    """What each rule asks for, and each risk that has words of its own."""
    for name, rule, terms in every_term(policy):
        risk = rule.risk if rule else policy.default_risk
        risk = next((one for one in policy.terms if name == f"risk {one}" and not rule), risk)
        stages = stages_of(terms, role_of(policy, rule, risk))
        yield Demand((name,), risk, stages, bool(terms.four_eyes))


def alone(policy: Policy) -> Iterable[Demand]:
    """Every demand that can meet a proposal by itself, also that of a risk which the words raise to high."""
    yield from every(policy)
    if "high" not in policy.terms:
        terms = terms_of(policy, "high", None)
        stages = stages_of(terms, role_from(policy, "high") or policy.default_role)
        yield Demand(("risk high",), "high", stages, bool(terms.four_eyes))


def _sum(one: Demand, other: Demand) -> Demand:
    high, low = sorted((one, other), key=lambda each: each.strictness, reverse=True)
    if not low.stages:
        return high
    return Demand(
        tuple(dict.fromkeys([*high.rules, *low.rules])),
        high.risk,
        high.stages if is_plain(low.stages) else together(high.stages, low.stages),
        high.four_eyes or low.four_eyes,
    )


def _unlike(found: Iterable[Demand]) -> list[Demand]:
    """One of each that ask for the same; the one that names the fewest rules."""
    ordered = sorted(found, key=lambda one: len(one.rules))
    return list({_key(one): one for one in reversed(ordered)}.values())


def _key(one: Demand) -> tuple[Risk, bool, tuple[tuple[frozenset[str], int], ...]]:
    stages = tuple((frozenset(stage.roles), stage.people) for stage in one.stages)
    return one.risk, one.four_eyes, stages
