"""Keypad: what becomes of digits that a caller typed, by the sensitivity that their collection declares."""

import hmac
from dataclasses import dataclass
from typing import Literal

Sensitivity = Literal["plain", "masked", "secret"]
DEFAULT: Sensitivity = "masked"
SHOWN = 2


@dataclass(frozen=True, slots=True)
class Typed:
    """`told` goes to the model, `kept` to the record. `matches` is None where nothing was compared."""

    told: str
    kept: str
    matches: bool | None = None


def take(digits: str, sensitivity: Sensitivity = DEFAULT, *, expected: str | None = None) -> Typed:
    """`secret` is only compared with what is expected: nobody gets the digits."""
    matches = None
    if expected is not None:
        matches = hmac.compare_digest(digits.encode(), expected.encode())
    if sensitivity == "plain":
        return Typed(digits, digits, matches)
    if sensitivity == "masked":
        shown = digits[-SHOWN:] if len(digits) > SHOWN * 2 else ""
        return Typed(digits, f"{len(digits)} keys{f' ••{shown}' if shown else ''}", matches)
    return Typed("match" if matches else "no match", "", matches)
