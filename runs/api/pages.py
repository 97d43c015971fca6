"""Pages of the API: keyset cursors that are opaque and signed, and query parameters that are checked."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from runs import canonical
from runs.api.problems import BadParameters
from runs.errors import Malformed

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
MAX_CURSOR = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and the cursor of the next (empty: this was the last)."""

    rows: Sequence[Any]
    next_cursor: str

    def body(self, data: list[dict[str, Any]]) -> dict[str, Any]:
        return {"data": data, "next_cursor": self.next_cursor or None}


def newest_first(
    queries: "Sequence[QuerySet[Any]]", *, field: str, purpose: str, cursor: str, limit: int
) -> Page:
    """One page ordered by (field, id), newest first. Rows that come meanwhile move nothing.

    `purpose` names list, workspace and filters: a cursor of another list is refused. Of several queries
    the rows are put together; each is asked for as many as a page needs.
    """
    beyond = Q()
    if cursor:
        at, last = _open(cursor, purpose)
        # The first part lets the index begin at the cursor; the second leaves out what was shown.
        beyond = Q(**{f"{field}__lte": at}) & (Q(**{f"{field}__lt": at}) | Q(id__lt=last))
    rows: dict[Any, Any] = {}
    for query in queries:
        first = query.filter(beyond).order_by(f"-{field}", "-id")[: limit + 1]
        rows.update((one.pk, one) for one in first)
    found = list(rows.values())
    if len(queries) > 1:
        found.sort(key=lambda one: (getattr(one, field), one.pk), reverse=True)
    more = len(found) > limit
    shown = found[:limit]
    return Page(shown, _seal(shown[-1], field, purpose) if more else "")


def purpose(name: str, workspace_id: uuid.UUID, filters: dict[str, Any]) -> str:
    digest = hashlib.sha256(canonical.dumps(filters).encode()).hexdigest()[:16]
    return f"{name}:{workspace_id}:{digest}"


def _seal(row: Model, field: str, purpose: str) -> str:
    place = [canonical.stamp(getattr(row, field)), str(row.pk)]
    return signing.dumps(place, salt=f"cursor:{purpose}", compress=True)


def _open(cursor: str, purpose: str) -> tuple[datetime, uuid.UUID]:
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError(cursor[:20])
        at, last = signing.loads(cursor, salt=f"cursor:{purpose}")
        return datetime.fromisoformat(at), uuid.UUID(last)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Malformed("bad_cursor") from error


def read_moment(text: str, *, end_of_day: bool = False) -> datetime | None:
    """None where it is neither an ISO date (the whole day, in UTC) nor a moment with its offset."""
    try:
        if len(text) == 10:
            clock = time.max if end_of_day else time.min
            return datetime.combine(date.fromisoformat(text), clock, UTC)
        at = datetime.fromisoformat(text.replace(" ", "+"))
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class Parameters:
    """Reads query parameters one by one and collects what is wrong with them; `done` raises it all."""

    def __init__(self, query: QueryDict) -> None:
        self._query = query
        self._read: set[str] = set()
        self._faults: list[dict[str, str]] = []

    def text(self, name: str, *, limit: int = 120) -> str:
        self._read.add(name)
        values = self._query.getlist(name)
        if len(values) > 1:
            self._fault(name, "repeated", "The parameter stands there twice.")
        value = values[0] if values else ""
        if len(value) > limit or "\x00" in value:
            self._fault(name, "too_long", f"At most {limit} characters.")
            return ""
        return value

    def choice(self, name: str, options: Sequence[str]) -> str:
        value = self.text(name)
        if value and value not in options:
            self._fault(name, "unknown_value", f"One of {', '.join(options)}.")
            return ""
        return value

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or not least <= int(value[:19]) <= most:
            self._fault(name, "out_of_range", f"A whole number from {least} to {most}.")
            return default
        return int(value)

    def moment(self, name: str, *, end_of_day: bool = False) -> datetime | None:
        """An ISO date (the whole day, in UTC) or a moment with its offset."""
        value = self.text(name, limit=40)
        if not value:
            return None
        at = read_moment(value, end_of_day=end_of_day)
        if at is None:
            self._fault(name, "not_a_date", "A date such as 2026-11-25, or a moment with offset.")
            return None
        return at

    def done(self) -> None:
        for name in self._query:
            if name not in self._read:
                self._fault(name[:60], "unknown_parameter", "There is no such parameter here.")
        if self._faults:
            raise BadParameters(self._faults)

    def _fault(self, field: str, code: str, detail: str) -> None:
        self._faults.append({"field": field, "code": code, "detail": detail})


def asked_for(
    asked: Parameters, rows: "QuerySet[Any] | Sequence[QuerySet[Any]]", *, name: str, field: str, workspace_id: uuid.UUID,
    filters: dict[str, Any],
) -> Page:  # fmt: skip
    """The page of the list `name` that was asked for. Reads `limit` and `cursor`, the last parameters there
    may be: raise BadParameters where any of all was wrong."""
    limit = asked.number("limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
    cursor = asked.text("cursor", limit=MAX_CURSOR)
    asked.done()
    known = purpose(name, workspace_id, filters)
    queries = [rows] if isinstance(rows, QuerySet) else rows
    # see scope.only
    queries = [one.filter(workspace_id=workspace_id) for one in queries]
    return newest_first(queries, field=field, purpose=known, cursor=cursor, limit=limit)
