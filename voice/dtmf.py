"""Keys that a caller presses, one after the other: what is collected, and when it is over. Pure; no clock."""

import dataclasses
from dataclasses import dataclass, replace
from typing import Literal

from runs.keypad import Sensitivity

LONGEST = 24
FIRST_KEY_S, NEXT_KEY_S = 15.0, 5.0
END, AGAIN = "#", "*"

Ended = Literal["", "complete", "partial", "empty"]
"""Empty: it goes on. `partial`: fewer digits than wanted, or nobody said that it was all of them."""


@dataclass(frozen=True, slots=True)
class Collection:
    """`length` 0: as many as are typed before `#`. The digits live here and nowhere else."""

    call_id: str
    field: str
    sensitivity: Sensitivity
    length: int = 0
    digits: str = dataclasses.field(default="", repr=False)

    @property
    def waits_s(self) -> float:
        """How long for the next key: more for the first one, because the agent is still asking."""
        return NEXT_KEY_S if self.digits else FIRST_KEY_S


def press(collection: Collection, key: str) -> tuple[Collection, Ended]:
    """After one more key. `*` starts over, `#` ends; a key that is neither is no digit and counts for nothing."""
    if key == AGAIN:
        return replace(collection, digits=""), ""
    if key == END:
        return collection, _all_of(collection)
    if key not in tuple("0123456789"):
        return collection, ""
    more = replace(collection, digits=collection.digits + key)
    return more, "complete" if len(more.digits) >= (more.length or LONGEST) else ""


def press_all(collection: Collection, keys: str) -> tuple[Collection, Ended, str]:
    """Keys that were typed ahead, and those among them that came after the end."""
    for number, key in enumerate(keys):
        collection, ended = press(collection, key)
        if ended:
            return collection, ended, keys[number + 1 :]
    return collection, "", ""


def run_out(collection: Collection) -> Ended:
    """No key came in time."""
    return "partial" if collection.digits else "empty"


def _all_of(collection: Collection) -> Ended:
    if not collection.digits:
        return "empty"
    return "complete" if not collection.length else "partial"
