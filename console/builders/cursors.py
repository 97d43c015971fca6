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
    query: QuerySet[Any],
    field: str,
    size: int,
    *,
    after: str = "",
    before: str = "",
    newest_first: bool = True,
) -> Page:
    """One page, newest first: the rows after a cursor, or the ones that end right before it.

    With `newest_first` off the list is the other way round, and `older` still leads on.
    """
    query = query.filter(workspace_id=scope.only())
    sign, back = ("-", "") if newest_first else ("", "-")
    if before:
        beyond = _beyond(query, before, field, not newest_first)
        found = list(beyond.order_by(f"{back}{field}", f"{back}id")[: size + 1])
        rows = found[:size][::-1]
        older, newer = bool(rows), len(found) > size
    else:
        beyond = _beyond(query, after, field, newest_first) if after else query
        found = list(beyond.order_by(f"{sign}{field}", f"{sign}id")[: size + 1])
        rows = found[:size]
        older, newer = len(found) > size, bool(after) and bool(rows)
    return Page(
        rows,
        older=make(getattr(rows[-1], field), rows[-1].id) if older else "",
        newer=make(getattr(rows[0], field), rows[0].id) if newer else "",
    )


def _read(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        at_text, id_text = signing.loads(cursor, salt=_SALT)
        return datetime.fromisoformat(at_text), uuid.UUID(id_text)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("bad_cursor") from error
