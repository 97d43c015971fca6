"""Which sequences of digits are card or social security numbers. Pure; knows nothing of texts."""

import re
from collections.abc import Callable, Iterator, Sequence

CARD, SSN = "card", "ssn"
SSN_DIGITS = 9
LONGEST_CARD = 19
# Leading digits of the issuers, the lengths that they give out, and the usual one.
_ISSUERS = tuple(
    (re.compile(prefix), frozenset(lengths), usual)
    for prefix, lengths, usual in (
        (r"4", (13, 16, 19), 16),
        (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,), 16),
        (r"3[47]", (15,), 15),
        (r"3(?:0[0-5]|[689])", (14, 16, 17, 18, 19), 14),
        (r"35", (16, 17, 18, 19), 16),
        (r"2131|1800", (15,), 15),
        (r"6011|64[4-9]|65|62", (16, 17, 18, 19), 16),
        (r"5[06-8]|6", (13, 14, 15, 16, 17, 18, 19), 0),
    )
)
_PREFERRED = (16, 15, 14, 19, 13, 17, 18)
_SHAPE = (3, 2, 4)
_TELEPHONE = re.compile(r"(?:\+|\bplus|\btel:?)\s*\(?$", re.IGNORECASE)
_PARTED = re.compile(r"[\s.\-‐-―/]{1,3}|\W*(?:dash|hyphen)\W*", re.IGNORECASE)


def find(
    groups: Sequence[str], owners: Sequence[int], before: Callable[[int], str], *, social: bool
) -> Iterator[tuple[str, int, int]]:
    """(kind, first group, last group) of what must not be kept; `before(n)` is the text before group n.

    `owners` says which text a group is from: pieces of several texts make only a card of the usual
    length, because callers repeat themselves. `social`: somebody spoke of a social security number, so
    nine digits in any shape are one.
    """
    place = 0
    while place < len(groups):
        found = _card_at(groups, owners, place, before) or _ssn_at(
            groups, place, before, social=social
        )
        if found is None:
            place += 1
            continue
        yield found
        place = found[2] + 1


def luhn(digits: str) -> bool:
    doubled = [int(one) * 2 for one in digits[-2::-2]]
    plain = [int(one) for one in digits[-1::-2]]
    return (sum(plain) + sum(one - 9 if one > 9 else one for one in doubled)) % 10 == 0


def is_card(digits: str, *, usual: bool = False) -> bool:
    known = any(
        prefix.match(digits) and len(digits) in ((length,) if usual else lengths)
        for prefix, lengths, length in _ISSUERS
    )
    return known and luhn(digits) and len(set(digits)) > 1


def is_ssn(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    issued = area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
    return len(digits) == SSN_DIGITS and issued


def _card_at(
    groups: Sequence[str], owners: Sequence[int], first: int, before: Callable[[int], str]
) -> tuple[str, int, int] | None:
    if _TELEPHONE.search(before(first)):
        return None
    ends: dict[int, int] = {}
    digits = ""
    for last in range(first, len(groups)):
        digits += groups[last]
        if len(digits) > LONGEST_CARD:
            break
        if is_card(digits, usual=owners[first] != owners[last]):
            ends[len(digits)] = last
    for length in _PREFERRED:
        if length in ends:
            return CARD, first, ends[length]
    return None


def _ssn_at(
    groups: Sequence[str], first: int, before: Callable[[int], str], *, social: bool
) -> tuple[str, int, int] | None:
    shaped = tuple(len(one) for one in groups[first : first + 3]) == _SHAPE
    if shaped and is_ssn("".join(groups[first : first + 3])) and _alone(groups, first, before):
        return SSN, first, first + 2
    if not social:
        return None
    if is_ssn(groups[first]):
        return SSN, first, first
    whole = "".join(groups)
    return (SSN, 0, len(groups) - 1) if first == 0 and is_ssn(whole) else None


def _alone(groups: Sequence[str], first: int, before: Callable[[int], str]) -> bool:
    """123-45-6789 by itself: no part of a longer number, and no telephone number."""
    parted = all(_PARTED.fullmatch(before(number)) for number in (first + 1, first + 2))
    longer = first > 0 and len(before(first)) <= 1
    more = first + 3 < len(groups) and len(before(first + 3)) <= 1
    return parted and not longer and not more and not _TELEPHONE.search(before(first))
