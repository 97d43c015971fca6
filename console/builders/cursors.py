"""Opaque, signed keyset cursors: the place after which the next page begins."""

import uuid
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

from runs.errors import Invalid

_SALT = "console.cursor"


def make(at: datetime, row_id: uuid.UUID) -> str:
    return signing.dumps([at.isoformat(), row_id.hex], salt=_SALT, compress=True)


def after(query: QuerySet[Any], cursor: str, field: str, *, newest_first: bool = True) -> Any:
    """The rows that follow the cursor, in the order (field, id). Raise Invalid for a damaged one."""
    if not cursor:
        return query
    try:
        at_text, id_text = signing.loads(cursor, salt=_SALT)
        at, row_id = datetime.fromisoformat(at_text), uuid.UUID(id_text)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("bad_cursor") from error
    side = "lt" if newest_first else "gt"
    beyond = Q(**{f"{field}__{side}": at}) | Q(**{field: at, f"id__{side}": row_id})
    return query.filter(beyond)
