"""Due: the moment that the words of a promise give by rule, in the zone of the business. English and German.

Words that give none ("as soon as we can") stay words. A day without an hour is over at its last minute.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from approvals.spoken import MONTHS, WEEKDAYS
from runs.models.promise import PromiseType

AT_ONCE = timedelta(hours=1)  # "right away" is over by then
_LAST = time(23, 59)
_FRIDAY = 4

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30,
    "ein": 1, "eine": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
    "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
_UNITS = {
    "minute": "minutes", "minuten": "minutes", "hour": "hours", "stunde": "hours",
    "stunden": "hours", "day": "days", "tag": "days", "tage": "days", "tagen": "days",
    "week": "weeks", "woche": "weeks", "wochen": "weeks",
}  # fmt: skip
_DAYS_DE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_MONTHS_DE = (
    "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september",
    "oktober", "november", "dezember",
)  # fmt: skip
_MONTH = {
    name: at % 12 + 1
    for names in (MONTHS, _MONTHS_DE)
    for at, name in enumerate(names)
}  # fmt: skip
_WEEKDAY = {name: at % 7 for names in (WEEKDAYS, _DAYS_DE) for at, name in enumerate(names)}
_ANY_MONTH = "|".join(_MONTH)
_NUMBER = r"(?P<n>\d{1,3}|" + "|".join(_NUMBERS) + ")"

_SPAN = re.compile(
    rf"\b(?:in|within|innerhalb von|binnen)\s+(?:the next\s+)?{_NUMBER}\s+"
    rf"(?P<work>(?:working|business)\s+)?(?P<unit>{'|'.join(_UNITS)})s?\b"
)
_NOW = re.compile(r"\b(right (now|away)|straight away|immediately|at once|sofort|gleich)\b")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_OF_MONTH = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<m1>{_ANY_MONTH})"
    rf"|(?P<m2>{_ANY_MONTH})\s+(?:the\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b"
)
_CLOCK = re.compile(
    r"\b(?:at|by|before|until|um|bis|vor)\s+(?:around\s+|about\s+)?"
    rf"{_NUMBER}(?:[:.](?P<m>[0-5]\d))?\s*(?P<half>a\.?m\b|p\.?m\b|o.clock|uhr)?"
    rf"(?!\s*(?:st|nd|rd|th|\.\s|{_ANY_MONTH}|minute|hour|day|week|tag|woche|stunde))"
)
_NOON = re.compile(r"\b(noon|midday|mittags?)\b")
_PARTS = (
    (re.compile(r"\b(this|in the|tomorrow) morning\b|\bvormittag"), time(12)),
    (re.compile(r"\bafternoon\b|\bnachmittag"), time(18)),
    (re.compile(r"\b(evening|tonight)\b|\babend"), time(21)),
)
_CONDITION = re.compile(r"\b(if|once|when|unless|as soon as|falls|sobald|wenn)\b")


@dataclass(frozen=True, slots=True)
class Due:
    """`exact` where an hour was named; else it is some time of that day."""

    at: datetime
    exact: bool = False


def resolve(words: str, heard_at: datetime, zone: str) -> Due | None:
    """None where the words give no moment."""
    local = heard_at.astimezone(ZoneInfo(zone))
    text = " ".join(words.casefold().split())
    span = _SPAN.search(text)
    if span is not None:
        return _after(span, local)
    if _NOW.search(text):
        return Due(local + AT_ONCE, exact=True)
    day, clock = _day(text, local.date()), _clock(text)
    if day is None and clock is None:
        return None
    if clock is not None:
        chosen = day or local.date()
        at = datetime.combine(chosen, clock, local.tzinfo)
        if day is None and at <= local:
            at = datetime.combine(chosen + timedelta(days=1), clock, local.tzinfo)
        return Due(at, exact=True)
    assert day is not None
    part = next((until for pattern, until in _PARTS if pattern.search(text)), _LAST)
    return Due(datetime.combine(day, part, local.tzinfo))


def type_of(text: str, kind: str, due: str, found: Due | None) -> PromiseType:
    """The five types that a queue is sorted by; what is tied to a condition is that first."""
    said = f"{text} {due}".casefold()
    if _CONDITION.search(said):
        return PromiseType.CONDITIONAL
    if kind == "call":
        return PromiseType.CALLBACK
    if _NOW.search(due.casefold()):
        return PromiseType.IMMEDIATE
    return PromiseType.SCHEDULED if found is not None else PromiseType.OPEN


def _after(span: re.Match[str], local: datetime) -> Due:
    count = _value(span["n"])
    unit = _UNITS[span["unit"]]
    if unit in ("minutes", "hours"):
        # In UTC: an hour stays an hour where the clocks change.
        return Due(local + timedelta(**{unit: count}), exact=True)
    day = local.date() + timedelta(**{unit: count})
    if span["work"]:
        day = _working(local.date(), count)
    return Due(datetime.combine(day, _LAST, local.tzinfo))


def _working(day: date, count: int) -> date:
    """Saturday and Sunday do not count; holidays are not known."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() <= _FRIDAY
    return day


def _value(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _day(text: str, today: date) -> date | None:
    named = _named(text, today)
    if named is not None:
        return named
    found = _ISO.search(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
        found = _OF_MONTH.search(text)
        if found is not None:
            month = _MONTH[found["m1"] or found["m2"]]
            day = date(today.year, month, int(found["d1"] or found["d2"]))
            return day if day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None  # the 31st of a month that has 30
    return None


def _named(text: str, today: date) -> date | None:
    if re.search(r"\bday after tomorrow\b|\bübermorgen\b", text):
        return today + timedelta(days=2)
    if re.search(r"\btomorrow\b|(?<!guten )\bmorgen\b", text):
        return today + timedelta(days=1)
    if re.search(
        r"\b(today|tonight|this (morning|afternoon|evening)|heute)\b|\bend of (the )?day\b", text
    ):
        return today
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    if re.search(r"\bnext week\b|\b(nächste|kommende)[rn]? woche\b", text):
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 + _FRIDAY)
    if re.search(r"\b(end of (the |this )?|this )week\b|\b(ende der|diese) woche\b", text):
        return friday
    if re.search(r"\bend of (the |this )?month\b|\bende des monats\b|\bmonatsende\b", text):
        following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return following - timedelta(days=1)
    for word in re.findall(r"[^\W\d_]+", text):
        if word in _WEEKDAY:
            return today + timedelta(days=(_WEEKDAY[word] - today.weekday() - 1) % 7 + 1)
    return None


def _clock(text: str) -> time | None:
    if _NOON.search(text):
        return time(12)
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, half = _value(found["n"]), (found["half"] or "").replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    elif half not in ("am", "pm", "uhr") and not found["m"] and 1 <= hour <= 7:
        hour += 12  # nobody is called back at five in the morning
    return time(hour, int(found["m"] or 0)) if hour < 24 else None
