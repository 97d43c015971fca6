"""Satisfiable: refuses a policy under which something would wait for ever. Asked when one is saved."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import re2

from runs import demands
from runs.access import Permission, holders
from runs.errors import Invalid
from runs.models import Membership, Workspace
from runs.policies import DECIDERS, Policy, Stage, Terms, every_term

Roles = frozenset[str]


@dataclass(frozen=True, slots=True)
class Lonely:
    """A rule with four eyes that one person alone can satisfy: once that person edits, nobody can."""

    rule: str
    roles: tuple[str, ...]


def check(policy: Policy, holds: Mapping[str, int]) -> None:
    """What is wrong whoever works here: roles that decide nothing, clocks that contradict, a hold (seconds,
    by action) that outlasts the time in which its effect may begin. Raise Invalid, naming the rule."""
    for rule, stages in _asked(policy):
        for role in sorted({role for stage in stages for role in stage.roles}):
            if role not in DECIDERS:
                raise _never("role_decides_nothing", rule=rule, role=role[:40])
    keys = [one.key for one in policy.rules]
    if len(keys) > len(set(keys)):
        twice = next(one for one in keys if keys.count(one) > 1)
        raise _never("rule_named_twice", rule=twice)
    for rule, _found, terms in every_term(policy):
        approve, execute = _clocks(terms)
        if approve >= execute:
            raise _never("clocks_contradict", rule=rule, approve_by=approve, execute_by=execute)
    for action, seconds in holds.items():
        _check_hold(policy, action, seconds)
    for action in policy.autonomy:
        if action not in holds:
            raise _never("action_not_configured", action=action[:80])


def check_people(policy: Policy, workspace_id: uuid.UUID) -> None:
    """What is wrong with who works here now: nobody holds a role, or too few do for what a rule asks for,
    or for what several ask for together."""
    people = crowd_of(workspace_id)
    for rule, stages in _asked(policy):
        for stage in stages:
            if not any(person & set(stage.roles) for person in people):
                raise _never("nobody_holds", rule=rule, roles=list(stage.roles))
    for one in demands.alone(policy):
        if not enough(one.stages, people, four_eyes=_counts_out(one)):
            raise _never(
                "too_few_people", rule=one.rules[0], needed=one.people, four_eyes=one.four_eyes
            )
    _check_sums(policy, people)
    workspace = Workspace.objects.get(id=workspace_id)
    _check_hold(policy, "", workspace.hold_seconds)


def lonely(policy: Policy, workspace_id: uuid.UUID) -> list[Lonely]:
    """Rules that one person's edit would leave without anybody: to be told to whoever saves them. Not
    refused: what nobody edits can be decided."""
    people = crowd_of(workspace_id)
    found = {}
    for one in demands.alone(policy):
        single = one.four_eyes and demands.is_plain(one.stages)
        if single and not enough(one.stages, people, four_eyes=True):
            found[one.rules[0]] = Lonely(one.rules[0], one.stages[0].roles)
    return list(found.values())


def crowd_of(workspace_id: uuid.UUID) -> list[Roles]:
    """The roles of each person who works here now."""
    members = Membership.objects.filter(workspace_id=workspace_id, user__is_active=True)
    return [frozenset(roles) for roles in members.values_list("roles", flat=True)]


def _counts_out(one: demands.Demand) -> bool:
    """Whether an editor is reckoned to be out. Of one person's yes that is told, however it is written."""
    return one.four_eyes and not demands.is_plain(one.stages)


def _check_sums(policy: Policy, people: Sequence[Roles]) -> None:
    found = demands.sums(policy)
    if len(found) > demands.MOST_SUMS:
        raise _never("too_many_sums", limit=demands.MOST_SUMS)
    for one in sorted(found, key=lambda each: len(each.rules)):
        if len(one.rules) > 1 and not enough(one.stages, people, four_eyes=_counts_out(one)):
            raise _never(
                "too_few_together", rules=list(one.rules), needed=one.people,
                four_eyes=one.four_eyes,
            )  # fmt: skip


def enough(stages: Sequence[Stage], people: Sequence[Roles], *, four_eyes: bool) -> bool:
    """Whether different people can fill every place; with four eyes also when any one of those who can edit
    has written the proposal and is out."""
    places = [frozenset(stage.roles) for stage in stages for _ in range(stage.people)]
    crowd = Counter(people)
    if not _filled(places, crowd):
        return False
    editors = set(holders(Permission.DECIDE_PROPOSAL)) if four_eyes else set()
    # People of the same roles are alike: it is enough to take out one of each kind.
    return all(_filled(places, crowd - Counter([roles])) for roles in crowd if roles & editors)


def _filled(places: Sequence[Roles], crowd: Mapping[Roles, int]) -> bool:
    """A maximum matching by augmenting paths: places and kinds of people are few."""
    people = [roles for roles, count in crowd.items() for _ in range(min(count, len(places)))]
    sits: dict[int, int] = {}

    def seat(place: int, tried: set[int]) -> bool:
        for person, roles in enumerate(people):
            if not roles & places[place] or person in tried:
                continue
            tried.add(person)
            if person not in sits or seat(sits[person], tried):
                sits[person] = place
                return True
        return False

    return all(seat(place, set()) for place in range(len(places)))


def _asked(policy: Policy) -> list[tuple[str, Sequence[Stage]]]:
    """Every rule with whom it asks, in one form."""
    found: list[tuple[str, Sequence[Stage]]] = [("default", (_one(policy.default_role),))]
    found += [(f"risk {risk}", (_one(role),)) for risk, role in policy.roles.items()]
    found += [(f"risk {risk}", terms.stages) for risk, terms in policy.terms.items()]
    for rule in policy.rules:
        stages = rule.terms.stages or ((_one(rule.role),) if rule.role else ())
        found.append((rule.key, stages))
    return found


def _one(role: str) -> Stage:
    return Stage(roles=(role,))


def _clocks(terms: Terms) -> tuple[int, int]:
    assert terms.approve_by_minutes is not None
    assert terms.execute_by_minutes is not None
    return terms.approve_by_minutes, terms.execute_by_minutes


def _check_hold(policy: Policy, action: str, seconds: int) -> None:
    """`action` is empty for the hold of the workspace, which is every action's."""
    for name, rule, terms in every_term(policy):
        meant = rule is None or not action or _matches(rule.action, action)
        if meant and seconds >= _clocks(terms)[1] * 60:
            raise _never("hold_too_long", rule=name, action=action, hold=seconds)


def _matches(glob: str, action: str) -> bool:
    pattern = ".*".join(re2.escape(part) for part in glob.split("*"))
    return re2.fullmatch(pattern, action) is not None


def _never(why: str, **details: object) -> Invalid:
    return Invalid("policy_never_satisfied", why=why, **details)
