"""Spoken: numbers, dates and answers in the words of a caller. Pure, deterministic, English."""

import re
from dataclasses import dataclass

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YES = frozenset({"yes", "yeah", "yep", "sure", "correct", "please", "right", "okay", "ok"})
_NO = frozenset({"no", "nope", "not", "never", "don't", "dont"})
_WORD = re.compile(r"\d+(?:[.,]\d+)?(?:st|nd|rd|th)?|[a-z]+(?:'[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Figures:
    """`numbers` as amounts ("forty two" is 42), `digits` as runs of them ("four two" is "42")."""

    numbers: frozenset[float]
    digits: tuple[str, ...]


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'").replace("-", " "))


def figures(text: str) -> Figures:
    """Every number that the text can be heard to say, digits and words alike."""
    numbers: set[float] = set()
    runs: list[str] = []
    for group in _groups(words(text)):
        run = _run(group)
        if run and not _SCALES.keys() & group:
            runs.append(run)
            numbers.add(float(run))
        numbers |= _amounts(group)
    return Figures(frozenset(numbers), tuple(runs))


def _groups(found: list[str]) -> list[list[str]]:
    """Words of numbers that stand side by side."""
    groups: list[list[str]] = [[]]
    for word in found:
        if (
            word[0].isdigit()
            or word in _DIGITS
            or word in _TEENS
            or word in _TENS
            or word in _REPEATS
            or word in _ORDINALS
            or word in _SCALES
        ):
            groups[-1].append(word)
        elif not (word == "and" and groups[-1] and groups[-1][-1] in _SCALES):
            groups.append([])
    # A lone "o" or "oh" is a sigh, "double" alone an adjective.
    return [one for one in groups if one and one not in (["o"], ["oh"])]


def _run(group: list[str]) -> str:
    """The group read digit by digit, pairs ("forty two") as they would be dialled."""
    out, repeat, tens = "", 1, 0
    for word in group:
        if word in _REPEATS:
            repeat = _REPEATS[word]
            continue
        if tens and word in _DIGITS and word not in ("zero", "oh", "o", "nought"):
            out, tens = out[:-1] + _DIGITS[word], 0
            continue
        tens = 0
        if word[0].isdigit():
            out += re.sub(r"\D", "", word)
        elif word in _DIGITS:
            out += _DIGITS[word] * repeat
        elif word in _TEENS:
            out += str(_TEENS[word])
        elif word in _TENS:
            out, tens = out + str(_TENS[word]), _TENS[word]
        repeat = 1
    return out


def _amounts(group: list[str]) -> set[float]:
    """The group as an amount, and each written number by itself."""
    found: set[float] = set()
    total = current = 0
    spoken = False
    for word in group:
        if word[0].isdigit():
            plain = re.sub(r"(?:st|nd|rd|th)$", "", word)
            found.add(float(plain.replace(",", "") if "." not in plain else plain))
            current += int(float(plain.replace(",", "")))
        elif word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            spoken = True
            if word == "thousand":
                total, current = total + current, 0
        else:
            value = _value(word)
            spoken = spoken or value is not None
            current += value or 0
    return found | ({float(total + current)} if spoken else set())


def _value(word: str) -> int | None:
    digit = _DIGITS.get(word)
    if digit is not None:
        return int(digit)
    return _TEENS.get(word, _TENS.get(word, _ORDINALS.get(word)))


def answer(text: str) -> bool | None:
    """Yes or no where a short answer says only one of them."""
    found = words(text)
    yes, no = _YES.intersection(found), _NO.intersection(found)
    if len(found) > 8 or bool(yes) == bool(no):
        return None
    return bool(yes)


def days(text: str) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """Months (1-12), days of the month that stand beside one, weekdays (0-6, Monday first)."""
    found = words(text)
    months, numbers = set(), set()
    for place, word in enumerate(found):
        # "may" is a month only beside a number.
        if word in MONTHS:
            beside = {
                number
                for near in (found[max(0, place - 4) : place], found[place + 1 : place + 4])
                for number in figures(" ".join(near)).numbers
                if 1 <= number <= 31
            }
            if beside or word != "may":
                months.add(MONTHS.index(word) + 1)
            numbers |= {int(one) for one in beside}
    weekdays = {WEEKDAYS.index(word) for word in found if word in WEEKDAYS}
    return frozenset(months), frozenset(numbers), frozenset(weekdays)
