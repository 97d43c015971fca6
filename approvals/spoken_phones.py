"""Spoken phones: whether a telephone number is the one that a caller dictated. Pure, deterministic."""

import re
from collections.abc import Sequence

from approvals import spoken
from approvals.spoken import Group

_LEAST = 4  # fewer digits say nothing about a telephone number
_WHOLE = 7  # from here on it is a number that one could dial
_NATIONAL = 10
_REFUSED = frozenset(
    {"not", "isn't", "old", "wrong", "former", "previous", "instead", "was", "longer"}
)
_BEGINS = frozenset({"area", "prefix", "code", "begins", "starts", "starting"})
_ENDS = frozenset({"ends", "ending", "end", "last"})
_NEAR = 5


def says(value: str, text: str) -> str | None:
    """What the text says otherwise; empty where it agrees, None where it is silent."""
    wanted = re.sub(r"\D", "", value.replace("(0)", ""))
    # "The old one": no digit.
    every = [one for one in spoken.groups(text) if one.dialled and one.words != ("one",)]
    told = [one for one in every if not _REFUSED.intersection(one.before[-_NEAR:])] or every
    whole = "".join(one.dialled for one in told)
    if len(whole) < _LEAST:
        return None
    heard = " ".join(one.dialled for one in told)
    if _same(whole, wanted):
        return ""
    decides = _decisive(told)
    if decides is None:
        return None
    right = _same(decides.dialled, wanted) and all(_placed(one, wanted) for one in told)
    return "" if right else heard


def _decisive(told: Sequence[Group]) -> Group | None:
    """The last one that could be dialled, else the last that is long enough: who corrects himself says
    both."""
    dialled = [one for one in told if len(one.dialled) >= _WHOLE]
    parts = [one for one in told if len(one.dialled) >= _LEAST]
    return next(iter((dialled or parts)[::-1]), None)


def _same(said: str, wanted: str) -> bool:
    """As it was said, without its country or its trunk 0; a part of it where it was cut short."""
    core, plain = said.lstrip("0"), wanted.lstrip("0")
    if not core:
        return False
    if plain.endswith(core) or core.endswith(plain):
        return True
    return _LEAST - 1 <= len(core) < _NATIONAL and core in plain


def _placed(one: Group, wanted: str) -> bool:
    """An area code that was named as one is in front, the last digits are at the end."""
    near = frozenset(one.before[-_NEAR:])
    core = one.dialled.lstrip("0")
    if len(one.dialled) >= _WHOLE or not core:
        return True
    if near & _BEGINS:
        return core in wanted[:-_LEAST]
    return wanted.endswith(one.dialled) if near & _ENDS else True
