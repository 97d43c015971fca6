"""Conditions: whether what a rule looks at holds for one changed field. Pure; what is not known is not guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import re2

from runs import money
from runs.policies import NO_WORDS, Condition, Match, RiskRule

UNKNOWN: Any = object()
"""Of a value that nobody told or read."""

Answer = bool | None | Literal["other_currency"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One field that would change: its value before and after, and the grades of the words behind it."""

    field: str
    before: Any = UNKNOWN
    after: Any = UNKNOWN
    grades: frozenset[str] = frozenset()


def holds(when: Condition | None, fact: Fact | None, tier: str, *, known: bool = False) -> Answer:
    """True, False, or None where a value is not known. `other_currency`: an amount that the limit cannot be
    compared with; `known` says that another rule can."""
    if when is None:
        return True
    before, after = (fact.before, fact.after) if fact else (UNKNOWN, UNKNOWN)
    answers: list[Answer] = []
    if when.tiers:
        answers.append(tier in when.tiers if tier else None)
    if when.grades:
        # Asked of the fields; an action without any rests on no words.
        grades = (fact.grades if fact else frozenset()) or {NO_WORDS}
        answers.append(bool(grades & set(when.grades)))
    if when.old is not None:
        answers.append(_is(when.old, before))
    if when.new is not None:
        answers.append(_is(when.new, after))
    if when.over is not None:
        answers.append(_over(when.over.money, after, known=known))
    if False in answers:
        return False
    if "other_currency" in answers:
        return "other_currency"
    return None if None in answers else True


def knows_currency(rules: Sequence[RiskRule], fact: Fact | None) -> bool:
    """Whether one of these rules has a limit in the currency of the new value."""
    amount = money.read(fact.after) if fact else None
    limits = {one.when.over.currency for one in rules if one.when and one.when.over}
    return amount is not None and amount.currency in limits


def _over(limit: money.Money, value: Any, *, known: bool) -> Answer:
    if value is UNKNOWN:
        return None
    if _empty(value):
        return False
    amount = money.read(value)
    if amount is not None and amount.currency == limit.currency:
        return abs(amount.minor) > limit.minor
    return False if known else "other_currency"


def _is(match: Match, value: Any) -> bool | None:
    if value is UNKNOWN:
        return None
    if match.how == "empty":
        return _empty(value)
    if match.how == "equals":
        return type(value) is type(match.value) and value == match.value
    return bool(_pattern(str(match.value)).search(_text(value)))


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> Any:
    return re2.compile(pattern)
