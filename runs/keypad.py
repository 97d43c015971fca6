"""Keypad: what becomes of digits that a caller typed, by the sensitivity that their collection declares."""

import hmac
from dataclasses import dataclass, field
from typing import Literal, get_args

from runs import redaction

Sensitivity = Literal["plain", "masked", "secret"]
DEFAULT: Sensitivity = "masked"
SHOWN = 2
_STRICT = get_args(Sensitivity)


@dataclass(frozen=True, slots=True)
class Typed:
    """`told` goes to the model, `kept` to the record. `matches` is None where nothing was compared."""

    told: str = field(repr=False)
    kept: str
    matches: bool | None = None


def stricter(one: Sensitivity, other: Sensitivity) -> Sensitivity:
    """A model that callers talk to may ask for more care than the release wants, never for less."""
    return max(one, other, key=_STRICT.index)


def take(digits: str, sensitivity: Sensitivity = DEFAULT, *, expected: str | None = None) -> Typed:
    """`secret` is only compared with what is expected: nobody gets the digits.

    Plain digits that are a card or social security number are masked all the same.
    """
    matches = None
    if expected is not None:
        matches = hmac.compare_digest(digits.encode(), expected.encode())
    if sensitivity == "plain" and redaction.text(digits) == digits:
        return Typed(digits, digits, matches)
    if sensitivity == "secret":
        words = {None: "typed; there is nothing to compare it with", True: "match"}
        return Typed(words.get(matches, "no match"), "", matches)
    shown = ending(digits)
    return Typed(digits, f"{len(digits)} keys{f' ••{shown}' if shown else ''}", matches)


def ending(digits: str) -> str:
    """What may be shown of masked digits: nothing where it would be half of them."""
    return digits[-SHOWN:] if len(digits) > SHOWN * 2 else ""
