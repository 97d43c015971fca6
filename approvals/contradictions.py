"""Contradictions: does a proposed value say something else than the words it rests on?

Pure and deterministic: no model has a say. It reports only what the words clearly say otherwise; words
that are silent about the value are the business of the grade of the evidence.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from approvals import spoken
from approvals.contents import Change

Kind = Literal["number", "date", "name", "answer", "address"]
RULE = "contradicts_"
_NAMES = frozenset({"first_name", "last_name", "name", "caller_name", "company"})
_INTRODUCES = re.compile(
    r"\b(?:name is|name's|name to|it's|it is|call me|change it to|spelled|this is)\s+(.{1,60})",
    re.IGNORECASE,
)
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LEAST_DIGITS = 4  # fewer say nothing about a telephone number


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`heard` is what the words say, `proposed` what the proposal says."""

    field: str
    kind: Kind
    heard: str
    proposed: str

    @property
    def rule(self) -> str:
        return f"{RULE}{self.kind}"


def find(changes: Sequence[Change], heard: Mapping[str, str]) -> list[Contradiction]:
    """`heard` are the caller's words by evidence id. One contradiction a field at most."""
    found = []
    for change in changes:
        texts = [heard[one] for one in change.evidence if heard.get(one)]
        # Whoever corrects himself says both: the last words count.
        one = check(change.field, change.after, texts[-1]) if texts else None
        if one is not None:
            found.append(one)
    return found


def check(field: str, value: Any, text: str) -> Contradiction | None:
    """What the text says otherwise about this value, or None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _answer(field, value, text)
    if isinstance(value, int | float):
        return _number(field, float(value), text)
    if not isinstance(value, str):
        return None
    day = _ISO.match(value)
    if day:
        return _date(field, value, day, text)
    if "@" in value:
        return _mail(field, value, text)
    if re.fullmatch(r"\+?[\d ()./-]{7,}", value):
        return _phone(field, value, text)
    if field in _NAMES:
        return _name(field, value, text)
    return _digits_inside(field, value, text)


def _answer(field: str, value: bool, text: str) -> Contradiction | None:
    said = spoken.answer(text)
    if said is None or said == value:
        return None
    return Contradiction(field, "answer", _yes(said), _yes(value))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(field: str, value: float, text: str) -> Contradiction | None:
    said = spoken.figures(text).numbers
    if not said or value in said:
        return None
    return Contradiction(field, "number", _listed(said), f"{value:g}")


def _phone(field: str, value: str, text: str) -> Contradiction | None:
    wanted = re.sub(r"\D", "", value)
    runs = spoken.figures(text).digits
    whole = "".join(runs)
    if len(whole) < _LEAST_DIGITS or any(_within(one, wanted) for one in (*runs, whole)):
        return None
    return Contradiction(field, "number", " ".join(runs), value)


def _within(said: str, wanted: str) -> bool:
    """A number said without its country, or the part of it that changes."""
    core = said.lstrip("0")
    return len(core) >= _LEAST_DIGITS - 1 and (core in wanted or wanted in said)


def _date(field: str, value: str, day: "re.Match[str]", text: str) -> Contradiction | None:
    try:
        wanted = date(int(day[1]), int(day[2]), int(day[3]))
    except ValueError:
        return None
    months, numbers, weekdays = spoken.days(text)
    wrong = (
        (months and wanted.month not in months)
        or (numbers and wanted.day not in numbers)
        or (weekdays and wanted.weekday() not in weekdays)
    )
    if not wrong:
        return None
    said = [spoken.WEEKDAYS[one].capitalize() for one in sorted(weekdays)]
    said += [str(one) for one in sorted(numbers)]
    said += [spoken.MONTHS[one - 1].capitalize() for one in sorted(months)]
    return Contradiction(field, "date", " ".join(said), value)


def _mail(field: str, value: str, text: str) -> Contradiction | None:
    plain = re.sub(r"\s+(?:at)\s+", "@", text.casefold())
    plain = re.sub(r"\s+(?:dot|point)\s+", ".", plain)
    plain = re.sub(r"\s+(?:dash|hyphen)\s+", "-", plain)
    said = _MAIL.findall(plain)
    if not said or value.casefold() in said:
        return None
    return Contradiction(field, "address", said[-1], value)


def _name(field: str, value: str, text: str) -> Contradiction | None:
    wanted = set(_letters(value))
    introduced = _INTRODUCES.search(text)
    if not wanted or introduced is None:
        return None
    said = [word for word in introduced[1].split() if word[:1].isupper()]
    heard = set(_letters(" ".join(said)))
    spelled = "".join(_letters(introduced[1].replace("-", " ").replace(".", " ")))
    if not heard or wanted & heard or any(one in spelled for one in wanted):
        return None
    return Contradiction(field, "name", " ".join(said).strip(".,!?"), value)


def _letters(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W\d_]+", "".join(c for c in bare if not unicodedata.combining(c)))


def _digits_inside(field: str, value: str, text: str) -> Contradiction | None:
    """A house number, an amount: each number of the value was said, where numbers were said at all."""
    wanted = [float(one) for one in re.findall(r"(?<![\w.])\d{1,9}(?:\.\d+)?(?![\w.])", value)]
    said = spoken.figures(text)
    heard = said.numbers | {float(one) for one in said.digits}
    if not wanted or not heard or all(one in heard for one in wanted):
        return None
    missing = next(one for one in wanted if one not in heard)
    return Contradiction(field, "number", _listed(heard), f"{missing:g}")


def _listed(numbers: frozenset[float] | set[float]) -> str:
    return ", ".join(f"{one:g}" for one in sorted(numbers))
