"""Digits as people say and write them: "4111", "four one double one", "oh", "twenty-one hundred"."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_ONES = {
    "zero": "0",
    "oh": "0",
    "o": "0",
    "nought": "0",
    "naught": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
_TEENS = {
    word: str(number)
    for number, word in enumerate(
        [
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        10,
    )
}
_TENS = {
    word: str(number)
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_TENS["fourty"] = "4"
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_ZEROS = {"hundred": "00", "thousand": "000"}

_WORD = "|".join([*_ONES, *_TEENS, *_TENS, *_TIMES, *_ZEROS])
_PIECE = re.compile(rf"(?<![^\W_])(?:\d+|(?i:{_WORD}))(?![^\W_])")
# What may stand between two groups of one number.
_JOINT = re.compile(r"(?:[\s,.;:/\-‐-―·•_()]|(?i:\b(?:dash|hyphen|space|uh+|um+|er+m?|then)\b))*")
LONGEST_JOINT = 24


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that were written or said as one: where in the text, and which."""

    start: int
    end: int
    digits: str


def runs(text: str) -> Iterator[list[Group]]:
    """Groups that follow each other with nothing but pauses between them."""
    run: list[Group] = []
    for group in groups(text):
        if run and not _joined(text[run[-1].end : group.start]):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def groups(text: str) -> list[Group]:
    pieces = [(found.start(), found.end(), found[0].lower()) for found in _PIECE.finditer(text)]
    found: list[Group] = []
    place = 0
    while place < len(pieces):
        group, place = _group(text, pieces, place)
        if group is not None:
            found.append(group)
    return found


def only_pauses(text: str) -> bool:
    return _JOINT.fullmatch(text) is not None


def _joined(between: str) -> bool:
    return len(between) <= LONGEST_JOINT and only_pauses(between)


Piece = tuple[int, int, str]


def _group(text: str, pieces: list[Piece], place: int) -> tuple[Group | None, int]:
    """One group from this piece on, and where the next may begin."""
    start, end, word = pieces[place]
    follower = pieces[place + 1] if place + 1 < len(pieces) else None
    if follower is not None and not re.fullmatch(r"[\s-]{1,3}", text[end : follower[0]]):
        follower = None
    if word in _TIMES:
        digit = _ONES.get(follower[2], follower[2]) if follower else ""
        if follower is None or not (len(digit) == 1 and digit.isdigit()):
            return None, place + 1
        return Group(start, follower[1], _plain(digit) * _TIMES[word]), place + 2
    if word in _ZEROS:
        return None, place + 1
    place += 1
    digits = _ONES.get(word) or _TEENS.get(word) or (f"{_TENS[word]}0" if word in _TENS else "")
    if word in _TENS and follower and _ONES.get(follower[2], "0") != "0":
        digits, end, place = _TENS[word] + _ONES[follower[2]], follower[1], place + 1
    if not digits:
        return Group(start, end, _plain(word)), place
    if (
        place < len(pieces)
        and pieces[place][2] in _ZEROS
        and text[end : pieces[place][0]].isspace()
    ):
        digits, end, place = digits + _ZEROS[pieces[place][2]], pieces[place][1], place + 1
    return Group(start, end, digits), place


def _plain(digits: str) -> str:
    """Digits of every script as ASCII."""
    return "".join(str(unicodedata.digit(one)) for one in digits)
