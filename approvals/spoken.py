"""Spoken: numbers in the words of a caller, written or said. Pure, deterministic, English."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

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
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
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
_PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_PARTS_IN_WORDS = (
    (re.compile(r"\bhalf an? (?=hundred|thousand|million|billion)"), "½ "),
    (re.compile(r"\band a half\b"), "½"),
    (re.compile(r"\band a quarter\b"), "¼"),
    (re.compile(r"\band three quarters\b"), "¾"),
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th|k)?(?![a-z\d])|\d+|[a-z]+(?:'[a-z]+)?|[½¼¾]")
_WRITTEN = re.compile(r"(\d+(?:[.,]\d+)*)(st|nd|rd|th|k)?")
_NUMBERS = {*_DIGITS, *_TEENS, *_TENS, *_REPEATS, *_ORDINALS, *_SCALES, *_PARTS, "hundred"}


@dataclass(frozen=True, slots=True)
class Figures:
    """`numbers` as amounts ("forty two" is 42), `digits` as runs of them ("four two" is "42")."""

    numbers: frozenset[float]
    digits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Words of numbers that stand side by side, with the words since the group before it."""

    words: tuple[str, ...]
    before: tuple[str, ...] = ()

    @property
    def dialled(self) -> str:
        """Read digit by digit; empty where that is not how it was meant."""
        return "" if any(map(_is_never_dialled, self.words)) else _run(self.words)

    @property
    def numbers(self) -> frozenset[float]:
        one_by_one = len(self.words) > 2 and all(w in _DIGITS or w in _REPEATS for w in self.words)
        each = [] if one_by_one else cardinals(self.words)
        found = {value for one in each for value in one.readings}
        if self.dialled and not any(mark in word for word in self.words for mark in ".,"):
            found.add(float(self.dialled))
        return frozenset(found)


@dataclass(slots=True)
class Cardinal:
    """One number as it grows word by word. `room`: less than this may still be added."""

    readings: set[float] = field(default_factory=set)
    total: float = 0
    current: float | None = None
    room: float = 0
    above: float = float("inf")
    length: int = 0
    is_ordinal: bool = False
    decimals: str = ""

    @property
    def value(self) -> float:
        return self.total + (self.current or 0)

    def take(self, word: str) -> bool:
        """Whether the word belongs to this number."""
        if self.is_ordinal or not (self._scaled(word) or self._added(word)):
            return False
        self.length += 1
        return True

    def _scaled(self, word: str) -> bool:
        if word == "hundred" and (self.current or 0) < 100:
            self.current, self.room = (self.current or 1) * 100, 100
            return True
        scale = _SCALES.get(word)
        if scale is None or scale >= self.above:
            return False
        given = 1 if self.current is None else self.current
        self.total, self.current, self.room, self.above = (
            self.total + given * scale,
            0,
            scale,
            scale,
        )
        return True

    def _added(self, word: str) -> bool:
        if word in _PARTS:
            self.current, self.room = (self.current or 0) + _PARTS[word], 0
            return True
        if word == "point" and self.current is not None and not self.decimals:
            self.decimals, self.room = ".", 0
            return True
        if self.decimals and word in _DIGITS:
            self.decimals += _DIGITS[word]
            place = 10.0 ** -(len(self.decimals) - 1)
            self.current = round((self.current or 0) + int(_DIGITS[word]) * place, 9)
            return True
        found = _value(word)
        if found is None or not (self.current is None or 0 < found < self.room):
            return False
        self.readings |= _readings(word)
        self.current = (self.current or 0) + found
        self.room = 10 if word in _TENS else 0
        self.is_ordinal = word in _ORDINALS or word[-2:] in ("st", "nd", "rd", "th")
        return True


def words(text: str) -> list[str]:
    plain = text.casefold().replace("’", "'").replace("-", " ")
    for pattern, sign in _PARTS_IN_WORDS:
        plain = pattern.sub(sign, plain)
    return _WORD.findall(plain)


def in_figures(text: str) -> str:
    """The text with words of single digits as digits: "jdoe four two at"."""
    return re.sub(r"\b[a-z]{3,6}\b", lambda found: _DIGITS.get(found[0], found[0]), text)


def figures(text: str) -> Figures:
    """Every number that the text can be heard to say, digits and words alike."""
    found = groups(text)
    numbers = {value for one in found for value in one.numbers}
    return Figures(frozenset(numbers), tuple(one.dialled for one in found if one.dialled))


def groups(text: str) -> list[Group]:
    found: list[list[str]] = [[]]
    before: list[list[str]] = [[]]
    heard = words(text)
    for place, word in enumerate(heard):
        if is_number(word) or _joins(word, found[-1], heard[place + 1 : place + 2]):
            if word != "and":
                found[-1].append(word)
            continue
        if found[-1]:
            found.append([])
            before.append([])
        before[-1].append(word)
    each = zip(found, before, strict=True)
    # A lone "o" or "oh" is a sigh, "double" alone an adjective.
    return [
        Group(tuple(one), tuple(said)) for one, said in each if one and one not in (["o"], ["oh"])
    ]


def is_number(word: str) -> bool:
    return word[0].isdigit() or word in _NUMBERS


def _joins(word: str, so_far: Sequence[str], after: Sequence[str]) -> bool:
    """A word inside a number: "a hundred and four", "three point five"."""
    if not so_far or not after or not is_number(after[0]):
        return False
    if word == "and":
        return so_far[-1] == "hundred" or so_far[-1] in _SCALES
    return word == "point" and after[0] in _DIGITS


def cardinals(group: Sequence[str]) -> list[Cardinal]:
    """The numbers of a group one after the other: "twenty twenty seven" is 20 and 27."""
    found: list[Cardinal] = []
    for word in group:
        if word in _REPEATS:
            continue
        if not found or not found[-1].take(word):
            fresh = Cardinal()
            if fresh.take(word):
                found.append(fresh)
    for one in found:
        # What was written alone has every reading it can have; what grew has the one it grew to.
        one.readings = {*one.readings, one.value} if one.length == 1 else {one.value}
    return found


def _is_never_dialled(word: str) -> bool:
    known = word in _SCALES or word in _PARTS or word in _ORDINALS
    return known or word in ("hundred", "point") or word.endswith("k")


def _run(group: Sequence[str]) -> str:
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


def _value(word: str) -> float | None:
    if word[0].isdigit():
        return min(_readings(word), default=None)
    digit = _DIGITS.get(word)
    if digit is not None:
        return float(digit)
    return _TEENS.get(word, _TENS.get(word, _ORDINALS.get(word)))


def _readings(word: str) -> set[float]:
    """What a written number can mean: "1,200.50" one thing, "1.200" two."""
    matched = _WRITTEN.fullmatch(word)
    if matched is None:
        return set()
    plain, times = matched[1], 1000 if matched[2] == "k" else 1
    found = set()
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        found.add(plain)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        found.add(plain.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
        found.add(plain.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d+,\d{1,2}", plain):
        found.add(plain.replace(",", "."))
    return {float(one) * times for one in found}
