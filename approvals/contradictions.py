"""Contradictions: does a proposed value say something else than the words it rests on?

Pure and deterministic: no model has a say. It reports only what the words clearly say otherwise; words
that are silent about the value are the business of the grade of the evidence. It raises a doubt to a
person and never takes one away: nothing passes because of what is read here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from approvals import spoken, spoken_answers, spoken_days, spoken_names, spoken_phones
from approvals.contents import Change
from runs import money
from runs.money import Money

Kind = Literal["number", "date", "name", "answer", "address"]
RULE = "contradicts_"
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])")
_PHONE = re.compile(r"\+?[\d ()./-]{7,}")
_MOST = 10**300
# Mostly no number at all ("one visit", "the second thing"): said alone they contradict nothing.
_IN_PASSING = (("one",), ("first",), ("second",))
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SIGNS_IN_MAIL = (
    (re.compile(r"\s+at\s+"), "@"),
    (re.compile(r"\s+(?:dot|point)\s+"), "."),
    (re.compile(r"\s+(?:dash|hyphen|minus)\s+"), "-"),
    (re.compile(r"\s+underscore\s+"), "_"),
    (re.compile(r"\s+plus\s+"), "+"),
)


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


@dataclass(frozen=True, slots=True)
class _Listened:
    """What words say about a value; `heard` is empty where they say the same."""

    kind: Kind
    heard: str
    proposed: str


def find(changes: Sequence[Change], heard: Mapping[str, str]) -> list[Contradiction]:
    """`heard` are the caller's words by evidence id. One contradiction a field at most."""
    found = []
    for change in changes:
        texts = [heard[one] for one in change.evidence if heard.get(one)]
        one = _check_all(change.field, change.after, texts)
        if one is not None:
            found.append(one)
    return found


def check(field: str, value: Any, text: str) -> Contradiction | None:
    """What the text says otherwise about this value, or None."""
    return _check_all(field, value, [text])


def _check_all(field: str, value: Any, texts: Sequence[str]) -> Contradiction | None:
    """Whoever corrects himself says both: the last words that speak of it count."""
    if isinstance(value, str) and _PHONE.fullmatch(value) and not _ISO.match(value):
        # Dictated in parts: none of them is the number.
        texts = [" , ".join(texts)]
    for text in reversed(texts):
        found = _listen(field, value, text)
        if found is not None and found.heard:
            return Contradiction(field, found.kind, found.heard, found.proposed)
        if found is not None:
            return None
    return None


def _listen(field: str, value: Any, text: str) -> _Listened | None:
    """None where the text is silent about this value."""
    if value is None or value == "" or not text:
        return None
    if isinstance(value, bool):
        return _answer(value, text)
    if isinstance(value, int | float):
        # JSON has integers that no float holds.
        return _number(float(value) if abs(value) < _MOST else float("inf"), text)
    amount = money.read(value)
    if amount is not None:
        return _money(amount, text)
    return _text(field, value, text) if isinstance(value, str) else None


def _text(field: str, value: str, text: str) -> _Listened | None:
    day = _ISO.match(value)
    if day:
        return _date(value, day, text)
    if "@" in value:
        return _mail(value, text)
    if _PHONE.fullmatch(value):
        return _told("number", spoken_phones.says(value, text), value)
    if value.strip().casefold() in ("yes", "no", "true", "false"):
        return _answer(value.strip().casefold() in ("yes", "true"), text)
    part = spoken_names.part_of(field)
    if part is not None:
        return _told("name", spoken_names.says(part, value, text), value)
    return _digits_inside(value, text)


def _told(kind: Kind, heard: str | None, value: str) -> _Listened | None:
    return None if heard is None else _Listened(kind, heard, value)


def _answer(value: bool, text: str) -> _Listened | None:
    said = spoken_answers.answer(text)
    if said is None:
        return None
    return _Listened("answer", "" if said == value else _yes(said), _yes(value))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: float, text: str) -> _Listened | None:
    said = spoken.figures(text).numbers
    if not said:
        return None
    return _Listened("number", "" if abs(value) in said else _listed(said), f"{value:.15g}")


def _money(wanted: Money, text: str) -> _Listened | None:
    """Where a currency was said, the sums of money count, and the currency too."""
    value = abs(wanted.minor) / 10 ** money.MINOR[wanted.currency]
    said = list(spoken_answers.sums(text))
    if not said:
        return _number(value, text)
    if any(value in sums and _may_be(wanted.currency, currency) for sums, currency in said):
        return _Listened("number", "", str(wanted))
    sums, currency = said[-1]
    shown = {"D": "dollars", "P": "of a hundred"}.get(currency, currency)
    return _Listened("number", f"{_listed(sums)} {shown}", str(wanted))


def _may_be(currency: str, said: str) -> bool:
    """Whose dollars they are is mostly not said."""
    return currency == said or said == "P" or (said == "D" and currency.endswith("D"))


def _date(value: str, day: "re.Match[str]", text: str) -> _Listened | None:
    try:
        wanted = date(int(day[1]), int(day[2]), int(day[3]))
    except ValueError:
        return None
    said, weekdays = spoken_days.mentions(text), spoken_days.weekdays(text)
    if not said and not weekdays:
        return None
    fits = not said or any(one.fits(wanted) for mention in said for one in mention)
    if fits and (not weekdays or wanted.weekday() in weekdays):
        return _Listened("date", "", value)
    heard = [spoken.WEEKDAYS[one].capitalize() for one in sorted(weekdays)]
    return _Listened("date", " ".join([*heard, *(str(one[0]) for one in said)]), value)


def _mail(value: str, text: str) -> _Listened | None:
    plain = text.casefold()
    for pattern, sign in _SIGNS_IN_MAIL:
        plain = pattern.sub(sign, plain)
    said = _MAIL.findall(plain)
    if not said:
        return None
    wanted = value.casefold()
    for heard in (plain, spoken.in_figures(plain)):
        found = _MAIL.findall(heard)
        if wanted in found or any(_run_together(wanted, one, heard) for one in found):
            return _Listened("address", "", value)
    return _Listened("address", said[-1], value)


def _run_together(wanted: str, said: str, plain: str) -> bool:
    """ "Bob Smith at …" for bob.smith@…: words before the @ without a sign between them."""
    local, _at, host = wanted.rpartition("@")
    last, _at, heard_host = said.rpartition("@")
    if host != heard_host or re.search(r"[._+-]", last):
        return False
    before = re.sub(r"[^a-z0-9]", "", plain[: plain.rindex(said) + len(last)])
    return before.endswith(re.sub(r"[^a-z0-9]", "", local)) and local.endswith(last)


def _digits_inside(value: str, text: str) -> _Listened | None:
    """A house number, an amount: each number of the value was said, where numbers were said at all."""
    wanted = [one for group in _written(value) for one in [group.numbers]]
    said = spoken.groups(text)
    clear = _numbers([one for one in said if one.words not in _IN_PASSING])
    if not wanted or not clear:
        return None
    heard = _numbers(said)
    missing = [one for one in wanted if not one & heard]
    proposed = _listed(missing[0]) if missing else value
    return _Listened("number", _listed(clear) if missing else "", proposed)


def _numbers(said: Sequence[spoken.Group]) -> set[float]:
    found = {number for one in said for number in one.numbers}
    return found | {float(one.dialled) for one in said if one.dialled}


def _written(value: str) -> list[spoken.Group]:
    """Numbers that stand alone in a text; those inside a word or an id are none."""
    found = re.findall(r"(?<![\w.,])\d{1,9}(?:[.,]\d+)*(?![\w])", value)
    return [spoken.Group((one,)) for one in found]


def _listed(numbers: frozenset[float] | set[float]) -> str:
    return ", ".join(f"{one:.15g}" for one in sorted(numbers))
