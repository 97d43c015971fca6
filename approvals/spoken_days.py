"""Spoken days: dates and weekdays in the words of a caller. Pure, deterministic, English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from approvals import spoken
from approvals.spoken import MONTHS, WEEKDAYS, Cardinal

_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|\d{2}))?\b(?![.,/]?\d)")
# "may" and "march" are months only beside a number.
_VERBS = frozenset({"may", "march"})
_LEADS = frozenset({"on", "by", "until", "till", "before", "after", "from", "for", "to", *WEEKDAYS})
_BETWEEN = frozenset({"of", "the", "or", "and", "to", *WEEKDAYS})
_FOLLOWS = frozenset({
    "of", "please", "at", "in", "or", "and", "would", "is", "works", "will", "if", "then", "instead",
    "around", "between", "not", "but", "i", "we", "that",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A day as far as it was said."""

    day: int | None = None
    month: int | None = None
    year: int | None = None

    def fits(self, wanted: date) -> bool:
        said = (self.day, wanted.day), (self.month, wanted.month), (self.year, wanted.year)
        return all(one is None or one == other for one, other in said)

    def __str__(self) -> str:
        month = MONTHS[self.month - 1].capitalize() if self.month else ""
        return " ".join(str(one) for one in (self.day, month, self.year) if one)


def mentions(text: str) -> list[tuple[Said, ...]]:
    """Each day that the text names, in every way in which it can be read ("3/4" is two)."""
    found: list[tuple[Said, ...]] = []
    plain = text
    for matched in _ISO.finditer(text):
        found.append((Said(int(matched[3]), int(matched[2]), int(matched[1])),))
        plain = plain.replace(matched[0], " , ")
    for matched in _NUMERIC.finditer(plain):
        readings = tuple(_numeric(matched))
        if readings:
            found.append(readings)
            plain = plain.replace(matched[0], " , ")
    heard = spoken.words(plain)
    for place, word in enumerate(heard):
        if word in MONTHS:
            found += [(one,) for one in _beside(heard, place)]
    return found or [(Said(day=one),) for one in _bare(heard)]


def weekdays(text: str) -> frozenset[int]:
    """0 is Monday."""
    found = (word.removesuffix("s") for word in spoken.words(text))
    return frozenset(WEEKDAYS.index(word) for word in found if word in WEEKDAYS)


def _numeric(matched: "re.Match[str]") -> Iterator[Said]:
    """Day first or month first; without a year "10.30" is a time, "1/2" a half."""
    first, second, year = int(matched[1]), int(matched[3]), matched[4]
    if year is None:
        return
    full = int(year) if len(year) == 4 else 2000 + int(year)
    for day, month in {(first, second), (second, first)}:
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Said(day, month, full)


def _beside(heard: Sequence[str], place: int) -> list[Said]:
    month = MONTHS.index(heard[place]) + 1
    days = _days_before(heard, place)
    after = _numbers_after(heard, place + 1)
    if not days and after and not _year(after):
        days, after = _day(after[0]), after[1:]
    year = _year(after)
    if not days and year is None and heard[place] in _VERBS:
        return []
    return [Said(day, month, year) for day in days] or [Said(None, month, year)]


def _day(found: Cardinal) -> list[int]:
    return [int(found.value)] if found.value in range(1, 32) else []


def _days_before(heard: Sequence[str], end: int) -> list[int]:
    """ "the fourth of", "the fourth or the fifth of", "4"."""
    found: list[int] = []
    while end > 0:
        while end > 0 and heard[end - 1] in _BETWEEN:
            end -= 1
        length = next((n for n in (2, 1) if n <= end and _one(heard[end - n : end])), 0)
        if not length:
            break
        number = _one(heard[end - length : end])
        if number is None or not _day(number):
            break
        found += _day(number)
        end -= length
        if end == 0 or heard[end - 1] not in _BETWEEN:
            break
    return found


def _one(group: Sequence[str]) -> Cardinal | None:
    """The number that all of these words make."""
    if not all(spoken.is_number(word) for word in group):
        return None
    found = spoken.cardinals(group)
    return found[0] if len(found) == 1 and found[0].length == len(group) else None


def _numbers_after(heard: Sequence[str], start: int) -> list[Cardinal]:
    while start < len(heard) and heard[start] in ("the", "of", "in"):
        start += 1
    end = start
    while end < len(heard) and (
        spoken.is_number(heard[end]) or (heard[end] == "and" and heard[end - 1] == "thousand")
    ):
        end += 1
    return spoken.cardinals([word for word in heard[start:end] if word != "and"])


def _year(found: Sequence[Cardinal]) -> int | None:
    """2027, "twenty twenty seven", "nineteen oh five"; not what only begins like one ("twenty, twenty
    twenty seven")."""
    if not found or found[0].is_ordinal:
        return None
    if found[0].value in range(1900, 2101):
        return int(found[0].value)
    century, rest = found[0].value, found[1:]
    if century not in (19, 20) or not rest:
        return None
    if rest[0].value == 0:
        return int(century * 100 + rest[1].value) if len(rest) > 1 and rest[1].value < 10 else None
    if not 10 <= rest[0].value <= 99 or (rest[0].value == 20 and len(rest) > 1):
        return None
    return int(century * 100 + rest[0].value)


def _bare(heard: Sequence[str]) -> list[int]:
    """ "by the fourth": a day of a month that was not named."""
    found: list[int] = []
    for place, word in enumerate(heard):
        start = place + 1
        if word not in _LEADS:
            continue
        if heard[start : start + 1] == ["the"]:
            start += 1
        length = next((n for n in (2, 1) if _one(heard[start : start + n])), 0)
        number = _one(heard[start : start + length]) if length else None
        follows = heard[start + length : start + length + 1]
        if number and number.is_ordinal and (not follows or follows[0] in _FOLLOWS):
            found += _day(number)
    return found
