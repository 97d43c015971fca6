"""Spoken names: whether a name is the one with which a caller introduced somebody. Pure, deterministic."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from approvals.spoken import MONTHS, WEEKDAYS

Part = Literal["given", "family", "whole", "company"]
_FIELDS: dict[str, Part] = {
    "first_name": "given", "given_name": "given", "forename": "given", "last_name": "family",
    "family_name": "family", "surname": "family", "company": "company", "company_name": "company",
    "employer": "company",
}  # fmt: skip


def _introduces(part: Part, words: str) -> "tuple[Part, re.Pattern[str]]":
    return part, re.compile(rf"\b(?:{words})\s+(?P<said>.{{1,60}})", re.IGNORECASE)


_IS = "(?:'s|(?: is| was| should be| to)?)"
_BARE_NAME = "".join(
    f"(?<!{one} )" for one in ("first", "given", "last", "family", "second", "middle", "company")
)
_INTRODUCES: "tuple[tuple[Part, re.Pattern[str]], ...]" = (
    _introduces("given", f"(?:(?:first|given|christian) name|forename){_IS}"),
    _introduces("family", f"(?:(?:last|family|second|married|maiden) name|surname){_IS}"),
    _introduces(
        "company",
        r"(?:company|business|firm|employer|organi[sz]ation)(?: name)?(?:'s| is called| is| to)",
    ),
    _introduces("company", "(?:i work|working|calling|i'm|i am) (?:for|at|from|with)"),
    _introduces("whole", f"{_BARE_NAME}name(?:'s| is| was| to)"),
    _introduces("whole", "it's|it is|call me|change it to|spelled|this is|make it"),
    # Without a second capital it may be anything that one is.
    (
        "whole",
        re.compile(r"\bI(?:'m| am)\s+(?P<said>[A-Z]\w+\s+(?:[a-z]{1,3}\s+){0,2}[A-Z].{0,40})"),
    ),
)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sir", "madam"})
_PARTICLES = frozenset({
    "van", "von", "de", "der", "den", "da", "di", "la", "le", "du", "al", "bin", "o", "mc",
})  # fmt: skip
_NOT_NAMES = frozenset({
    *MONTHS, *WEEKDAYS, "i", "ok", "okay", "yes", "no", "and", "but", "the", "a", "an", "not",
})  # fmt: skip
_OTHER_HALF: dict[Part, Part] = {"given": "family", "family": "given"}


@dataclass(frozen=True, slots=True)
class Introduced:
    """What a caller called somebody: which part of a name, its words, and how it was spelled after."""

    part: Part
    words: tuple[str, ...]
    shown: str
    spelled: str


def part_of(field: str) -> Part | None:
    """Which part of a name a field holds; None: no name at all."""
    known = _FIELDS.get(field)
    if known is not None:
        return known
    return "whole" if field == "name" or field.endswith(("_name", "fullname")) else None


def says(part: Part, value: str, text: str) -> str | None:
    """What the text says otherwise; empty where it agrees, None where it is silent."""
    wanted = [one for one in letters(value) if one not in _TITLES]
    heard = [one for one in introduced(text) if _speak_of_the_same(part, one.part)]
    if not wanted or not heard:
        return None
    # Whoever corrects himself says both.
    if any(_agrees(part, wanted, one) for one in heard):
        return ""
    return heard[-1].shown


def _speak_of_the_same(part: Part, other: Part) -> bool:
    if "company" in (part, other):
        # "Change it to …" may be about anything that the field is about.
        return part == other
    return _OTHER_HALF.get(part) != other


def _agrees(part: Part, wanted: Sequence[str], heard: Introduced) -> bool:
    if any(len(one) > 1 and one in heard.spelled for one in wanted):
        return True
    names = heard.words
    if len(names) == 1 or heard.part in _OTHER_HALF:
        said = set(names)
        ends = {"given": wanted[:1], "family": wanted[-1:]}.get(heard.part, wanted)
        return bool(said & set(ends)) or said <= set(wanted)
    if part == "given":
        return bool(set(wanted) & set(names[:-1])) or "".join(names).startswith("".join(wanted))
    if part == "family":
        return wanted[-1] in names[1:] or "".join(names).endswith("".join(wanted))
    if part == "company" or len(wanted) == 1:
        return bool(set(wanted) & set(names))
    return (_alike(wanted[0], names[0]) and wanted[-1] == names[-1]) or set(wanted) == set(names)


def _alike(one: str, other: str) -> bool:
    """A given name, or the letter that stands for it."""
    short, long = sorted((one, other), key=len)
    return long == short or (len(short) == 1 and long.startswith(short))


def introduced(text: str) -> list[Introduced]:
    """Every name that the text introduces, in the order in which it was said. Without capitals only what is
    called a name is one."""
    small = text == text.lower()
    found = [
        (matched.start("said"), part, matched["said"])
        for part, pattern in _INTRODUCES
        for matched in pattern.finditer(text)
        if not small or "name" in matched[0][: matched.start("said") - matched.start()]
    ]
    each = [(part, said) for _start, part, said in sorted(found)]
    return [one for part, said in each if (one := _introduced(part, said, small)) is not None]


def _introduced(part: Part, said: str, small: bool) -> Introduced | None:
    names = list(_names(said, small))
    plain = [one for word in names for one in letters(word) if one not in _TITLES]
    if not plain:
        return None
    spelled = "".join(one for one in letters(re.sub(r"[-.,]", " ", said)) if len(one) == 1)
    return Introduced(part, tuple(plain), " ".join(names), spelled)


def _names(said: str, small: bool) -> Iterator[str]:
    """Words with a capital at the beginning, up to the first that is none; of a text without capitals the
    first two."""
    begun = 0
    for word in said.split():
        bare = word.strip(".,;:!?\"'()")
        plain = bare.casefold()
        if plain in _NOT_NAMES or not bare or (small and begun == 2):
            if begun:
                return
            continue
        if not (small or bare[:1].isupper() or plain in _PARTICLES):
            if begun:
                return
            continue
        begun += plain not in _TITLES
        yield bare
        if word[-1:] in ".,;!?" and plain not in _TITLES and len(plain) > 1:
            return


def letters(text: str) -> list[str]:
    """The words of a text without case and accents ("Müller" and "Mueller" are one)."""
    plain = (
        text.casefold()
        .replace("'", "")
        .replace("’", "")
        .replace("ä", "ae")
        .replace("ö", "oe")
        .replace("ü", "ue")
    )
    bare = unicodedata.normalize("NFKD", plain)
    return re.findall(r"[^\W\d_]+", "".join(c for c in bare if not unicodedata.combining(c)))
