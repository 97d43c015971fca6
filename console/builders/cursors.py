"""Opaque, signed keyset cursors: the place after which, or before which, the next page begins."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

from runs import scope
from runs.errors import Invalid

_SALT = "console.cursor"


@dataclass(frozen=True, slots=True)
class Page:
    """`older` and `newer` are cursors, empty where the list ends."""

    rows: Sequence[Any]
    older: str = ""
    newer: str = ""


def make(at: datetime, row_id: uuid.UUID) -> str:
    return signing.dumps([at.isoformat(), row_id.hex], salt=_SALT, compress=True)


def after(query: QuerySet[Any], cursor: str, field: str, *, newest_first: bool = True) -> Any:
    """The rows that follow the cursor, in the order (field, id). Raise Invalid for a damaged one."""
    query = query.filter(workspace_id=scope.only())
    return _beyond(query, cursor, field, newest_first) if cursor else query


def _beyond(query: QuerySet[Any], cursor: str, field: str, newest_first: bool) -> QuerySet[Any]:
    at, row_id = _read(cursor)
    side = "lt" if newest_first else "gt"
    # The first part lets the index begin at the cursor; the second leaves out what was shown.
    return query.filter(
        Q(**{f"{field}__{side}e": at}),
        Q(**{f"{field}__{side}": at}) | Q(**{f"id__{side}": row_id}),
    )


def page(
    query: QuerySet[Any] | Sequence[QuerySet[Any]],
    field: str,
    size: int,
    *,
    after: str = "",
    before: str = "",
    newest_first: bool = True,
) -> Page:
    """One page, newest first: the rows after a cursor, or the ones that end right before it.

    With `newest_first` off the list is the other way round, and `older` still leads on. Of several
    queries the rows are put together; each is asked for as many as a page needs.
    """
    queries = [query] if isinstance(query, QuerySet) else query
    if before:
        found = _first(queries, before, field, size + 1, newest_first=not newest_first)
        rows = found[:size][::-1]
        older, newer = bool(rows), len(found) > size
    else:
        found = _first(queries, after, field, size + 1, newest_first=newest_first)
        rows = found[:size]
        older, newer = len(found) > size, bool(after) and bool(rows)
    return Page(
        rows,
        older=make(getattr(rows[-1], field), rows[-1].id) if older else "",
        newer=make(getattr(rows[0], field), rows[0].id) if newer else "",
    )


def _first(
    queries: Sequence[QuerySet[Any]], cursor: str, field: str, count: int, *, newest_first: bool
) -> list[Any]:
    sign = "-" if newest_first else ""
    found: dict[Any, Any] = {}
    for query in queries:
        here = query.filter(workspace_id=scope.only())
        beyond = _beyond(here, cursor, field, newest_first) if cursor else here
        found.update(
            (one.id, one) for one in beyond.order_by(f"{sign}{field}", f"{sign}id")[:count]
        )
    if len(queries) == 1:
        return list(found.values())
    place = lambda one: (getattr(one, field), one.id)  # noqa: E731
    return sorted(found.values(), key=place, reverse=newest_first)[:count]


def _read(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        at_text, id_text = signing.loads(cursor, salt=_SALT)
        return datetime.fromisoformat(at_text), uuid.UUID(id_text)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("bad_cursor") from error
