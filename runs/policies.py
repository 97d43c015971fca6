"""Policies: the words in which a business says who decides about what. Data; `approvals.policy` reads them."""

from collections.abc import Iterator
from typing import Annotated, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, model_validator

from runs import money
from runs.models.evidence import Grade
from runs.models.user import Role

Risk = Literal["low", "medium", "high"]
RISKS: tuple[Risk, ...] = ("low", "medium", "high")
# Roles that may decide at all: they see proposals, and they are not there to look on or to maintain.
DECIDERS = (Role.OPERATOR, Role.SUPPORT_LEAD, Role.ADMIN)
MAX_PATTERN = 512
MOST_STAGES = 5
MOST_PEOPLE = 9
MOST_MINUTES = 60 * 24 * 30
# Of a value that rests on no words at all. The others are grades of evidence.
NO_WORDS = "none"
GRADES = (*Grade.values, NO_WORDS)

Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(_Frozen):
    """`amount` as text, so that no float touches it."""

    amount: str
    currency: str

    @model_validator(mode="after")
    def _is_money(self) -> "Amount":
        if self.money.minor < 0:
            raise ValueError("a limit is not below nothing")
        return self

    @property
    def money(self) -> money.Money:
        found = money.of(self.amount, self.currency)
        if found is None:
            raise ValueError(f"{self.amount} {self.currency} is no amount of a known currency")
        return found


class Match(_Frozen):
    """What a value is: exactly this (JSON type included), something that RE2 finds a place in, or nothing."""

    how: Literal["equals", "matches", "empty"]
    value: str | int | bool | None = None

    @model_validator(mode="after")
    def _has_its_value(self) -> "Match":
        if (self.how == "empty") != (self.value is None):
            raise ValueError("equals and matches need a value, empty has none")
        if self.how == "matches":
            _compile(self.value)
        return self


def _compile(pattern: object) -> None:
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN:
        raise ValueError(f"a pattern is a text of at most {MAX_PATTERN} characters")
    try:
        re2.compile(pattern)
    except re2.error as error:
        raise ValueError(f"{pattern!r} is not a pattern: {error}") from error


class Condition(_Frozen):
    """When a rule is meant; all that is given has to hold. `grades` of the field's evidence, any of them;
    `over` is the amount of the new value; `tiers` of the customer, any of them."""

    old: Match | None = None
    new: Match | None = None
    grades: tuple[str, ...] = ()
    over: Amount | None = None
    tiers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _grades_exist(self) -> "Condition":
        wrong = sorted(set(self.grades) - set(GRADES))
        if wrong:
            raise ValueError(f"{wrong[0]} is no grade of evidence ({', '.join(GRADES)})")
        return self

    @property
    def asks_of_field(self) -> bool:
        return bool(self.old or self.new or self.over)


class Stage(_Frozen):
    """So many different people, each of whom holds one of the roles."""

    roles: tuple[str, ...] = Field(min_length=1, max_length=len(DECIDERS))
    people: int = Field(default=1, ge=1, le=MOST_PEOPLE)


class Terms(_Frozen):
    """How it is decided: stages one after the other, four eyes (None: from risk high on), two clocks in
    minutes from the proposal (None: the policy's)."""

    stages: tuple[Stage, ...] = Field(default=(), max_length=MOST_STAGES)
    four_eyes: bool | None = None
    approve_by_minutes: Minutes | None = None
    execute_by_minutes: Minutes | None = None


class RiskRule(_Frozen):
    """Which risk a change has. `field` may contain `*`; None stands for every field of the action.

    An empty `role` on a low risk lets it pass without a person. A rule with stages of its own is decided by
    them, else by those of its risk, else by its role.
    """

    key: str = Field(min_length=1, max_length=80)
    words: str
    action: str
    field: str | None = None
    when: Condition | None = None
    risk: Risk
    role: str = Role.SUPPORT_LEAD.value
    terms: Terms = Terms()

    @model_validator(mode="after")
    def _looks_at_a_field(self) -> "RiskRule":
        if self.when and self.when.asks_of_field and self.field is None:
            raise ValueError(f"rule {self.key} looks at a value, so it needs a field")
        return self


class Autonomy(_Frozen):
    """How far an action goes without a person. `never`: not at all, whoever asks. `draft`: a person decides,
    one proposal at a time. `ask`: a person decides. `auto`: what a rule lets pass goes on its own, up to
    `limit`."""

    level: Literal["never", "draft", "ask", "auto"]
    limit: Amount | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> "Autonomy":
        if self.limit is not None and self.level != "auto":
            raise ValueError(f"a limit means nothing where the level is {self.level}")
        return self


class Policy(_Frozen):
    """`roles` and `terms`: from which risk on a person decides whatever the rule says, whose decision it
    is, and how. `autonomy` by the key of the action."""

    rules: tuple[RiskRule, ...] = ()
    default_risk: Risk = "medium"
    default_role: str = Role.SUPPORT_LEAD.value
    approve_by_minutes: int = 240
    execute_by_minutes: int = 1440
    roles: dict[Risk, str] = {}
    terms: dict[Risk, Terms] = {}
    autonomy: dict[str, Autonomy] = {}

    @model_validator(mode="after")
    def _clocks_in_order(self) -> "Policy":
        if not 0 < self.approve_by_minutes < self.execute_by_minutes:
            raise ValueError("approve_by_minutes must be above 0 and below execute_by_minutes")
        return self


def terms_of(policy: Policy, risk: Risk, rule: RiskRule | None) -> Terms:
    """What holds for this rule at this risk: its own words, then those of the risk, then the policy's."""
    own = rule.terms if rule else Terms()
    general = policy.terms.get(risk, Terms())
    four_eyes = own.four_eyes if own.four_eyes is not None else general.four_eyes
    return Terms(
        stages=own.stages or general.stages,
        four_eyes=risk == "high" if four_eyes is None else four_eyes,
        approve_by_minutes=own.approve_by_minutes
        or general.approve_by_minutes
        or policy.approve_by_minutes,
        execute_by_minutes=own.execute_by_minutes
        or general.execute_by_minutes
        or policy.execute_by_minutes,
    )


def every_term(policy: Policy) -> Iterator[tuple[str, RiskRule | None, Terms]]:
    """All ways in which something can be decided under this policy: name of the rule (or `default`, or
    `risk high`), the rule, its terms."""
    yield "default", None, terms_of(policy, policy.default_risk, None)
    for rule in policy.rules:
        yield rule.key, rule, terms_of(policy, rule.risk, rule)
    for risk in policy.terms:
        yield f"risk {risk}", None, terms_of(policy, risk, None)
