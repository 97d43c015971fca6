"""What a list is asked for, as it stands in the address: known words, days in the person's zone, a page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.utils import timezone

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """`chosen` holds the filters that are on, by name; what is not known is left out."""

    state: str = "all"
    chosen: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    before: str = ""

    @property
    def narrowed(self) -> bool:
        return self.state != "all" or bool(self.chosen)

    @property
    def paged(self) -> bool:
        return bool(self.after or self.before)

    @property
    def query(self) -> str:
        """ "state=failed&agent=Intake": without the page, empty where all is wanted."""
        state = {"state": self.state} if self.state != "all" else {}
        return urlencode({**state, **self.chosen})

    def href(self, here: str, **page: str) -> str:
        told = "&".join(part for part in (self.query, urlencode(page)) if part)
        return f"{here}?{told}" if told else here

    def in_state(self, state: str) -> "Asked":
        """The same filters under another tab."""
        return Asked(state=state, chosen=self.chosen)

    def wrong_days(self) -> frozenset[str]:
        """The names of days that are none."""
        typed = [name for name in ("from", "to") if self.chosen.get(name)]
        return frozenset(name for name in typed if _day(self.chosen[name]) is None)

    def since(self) -> datetime | None:
        """The first moment of the first day."""
        day = _day(self.chosen.get("from", ""))
        return _midnight(day) if day else None

    def until(self) -> datetime | None:
        """The first moment after the last day."""
        day = _day(self.chosen.get("to", ""))
        return _midnight(day + timedelta(days=1)) if day and day < date.max else None


def of(data: Mapping[str, str], *, states: Collection[str], names: Collection[str]) -> Asked:
    typed = {name: _clean(data.get(name, "")) for name in names}
    state = data.get("state", "all")
    return Asked(
        state=state if state in states else "all",
        chosen={name: text for name, text in typed.items() if text},
        after=data.get("after", ""),
        before=data.get("before", ""),
    )


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    """Where the clocks change at midnight, zoneinfo takes the earlier of the two."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
