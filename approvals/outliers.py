"""Outliers: what is unlike the others of a bundle, by rule and with the reason. Pure."""

import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.contents import Content
from runs import canonical

# Of fewer nobody can say what is usual.
LEAST = 4
# A value that so many of the others share is the usual one.
USUAL = 0.8
# An amount may lie so many times the others' spread away from their middle, or half the middle itself.
SPREADS = 3
_LONG, _LONGER = 80, 4
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Outlier:
    """`code` is amount, currency, value or length; `usual` is what the others have."""

    field: str
    code: str
    usual: str = ""


def find(contents: Mapping[str, Content]) -> dict[str, Outlier]:
    """By key, those whose value of some field is unlike what the others would write there."""
    if len(contents) < LEAST:
        return {}
    values: dict[str, dict[str, Any]] = {}
    for key, content in contents.items():
        for change in content.changes:
            values.setdefault(change.field, {})[key] = change.after
    found: dict[str, Outlier] = {}
    for field, by_key in values.items():
        for key, value in by_key.items():
            others = [one for other, one in by_key.items() if other != key]
            outlier = _unlike(field, value, others) if len(others) >= LEAST - 1 else None
            if outlier is not None:
                found.setdefault(key, outlier)
    return found


def _unlike(field: str, value: Any, others: Sequence[Any]) -> Outlier | None:
    usual, count = Counter(canonical.dumps(_currency(one)) for one in others).most_common(1)[0]
    if count / len(others) >= USUAL and canonical.dumps(_currency(value)) != usual:
        return Outlier(field, "currency", _plain(others, usual, _currency))
    amounts = [amount for one in others if (amount := _amount(one)) is not None]
    mine, currencies = _amount(value), {str(_currency(one)) for one in (value, *others)}
    if mine is not None and len(amounts) == len(others) and len(currencies) == 1:
        middle = statistics.median(amounts)
        return Outlier(field, "amount", str(middle)) if _far(mine, amounts) else None
    usual, count = Counter(canonical.dumps(one) for one in others).most_common(1)[0]
    if count / len(others) >= USUAL and canonical.dumps(value) != usual:
        return Outlier(field, "value", _plain(others, usual, lambda one: one))
    length = statistics.median([len(str(one)) for one in others])
    if len(str(value)) > max(_LONG, _LONGER * length):
        return Outlier(field, "length")
    return None


def _far(mine: Decimal, others: Sequence[Decimal]) -> bool:
    middle = statistics.median(others)
    spread = statistics.median([abs(one - middle) for one in others])
    return abs(mine - middle) > max(SPREADS * spread, abs(middle) / 2)


def _amount(value: Any) -> Decimal | None:
    """A number or an amount of money. A yes is none, and digits that may be a telephone number or a code are none."""
    if isinstance(value, dict):
        value = value.get("amount")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    amount = Decimal(str(value))
    return amount if amount.is_finite() else None


def _currency(value: Any) -> Any:
    return value.get("currency") if isinstance(value, dict) else None


def _plain(others: Sequence[Any], usual: str, of: Any) -> str:
    return next(str(of(one)) for one in others if canonical.dumps(of(one)) == usual)
