"""The audit: who decided, edited, saw or configured what, from where; chained per workspace."""

import secrets
from datetime import datetime
from typing import Any

from django.db import connection

from runs import canonical, chain
from runs.models import AuditEntry, AuditHead
from runs.people import Actor

_NOTHING: Any = object()


def record(
    action: str,
    obj: str,
    /,
    *,
    by: Actor,
    at: datetime,
    was: Any = _NOTHING,
    became: Any = _NOTHING,
    **details: Any,
) -> AuditEntry:
    """Write one entry in the caller's transaction and chain it. The head's lock is taken last.

    `details` hold ids, codes and digests, never values: erasing a person must not touch the chain.
    `was` and `became` are the values before and after; only their digests, salted with the entry's own
    salt, are kept: who has the value can prove that it is the one.
    """
    entry = _entry(action, obj, by=by, at=at, details=details, was=was, became=became)
    AuditHead.objects.get_or_create(workspace_id=by.workspace_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, hash FROM runs_audithead WHERE workspace_id = %s FOR NO KEY UPDATE",
            [by.workspace_id],
        )
        number, head = cursor.fetchone() or (0, chain.GENESIS)
    entry.number, entry.hash = number + 1, chain.join(bytes(head), bytes(entry.digest))
    entry.save(force_insert=True)
    AuditHead.objects.filter(workspace_id=by.workspace_id).update(
        number=entry.number, hash=entry.hash
    )
    return entry


def record_view(obj: str, /, *, by: Actor, at: datetime, masked: bool | None = None) -> None:
    """Note that somebody looked, and with `masked=False` that numbers and addresses stood there in full.

    Sealed into the chain in batches, so that reading never waits for the head.
    """
    action = "revealed" if masked is False else "viewed"
    _entry(action, obj, by=by, at=at, details={}).save(force_insert=True)


def sealed(value: Any, salt: bytes) -> str:
    """The digest under which an entry with this salt keeps a value."""
    return chain.seal(canonical.dumps(value), salt).hex()


def _entry(
    action: str,
    obj: str,
    *,
    by: Actor,
    at: datetime,
    details: dict[str, Any],
    was: Any = _NOTHING,
    became: Any = _NOTHING,
) -> AuditEntry:
    salt = secrets.token_bytes(16)
    values = {"was": was, "became": became}
    payload = canonical.dumps(
        {
            "action": action,
            "object": obj,
            "by": by.id,
            "name": by.name,
            "at": at,
            "from": {"address": by.address, "device": by.device},
            "request": by.request_id,
            "is": details,
            **{key: sealed(one, salt) for key, one in values.items() if one is not _NOTHING},
        }
    )
    return AuditEntry(
        workspace_id=by.workspace_id,
        action=action,
        object=obj,
        by=by.id,
        by_name=by.name,
        address=by.address,
        request_id=by.request_id,
        at=at,
        payload=payload,
        salt=salt,
        digest=chain.seal(payload, salt),
    )


def seal_views(workspace_id: Any, *, limit: int = 500) -> int:
    """Chain the entries that have no number yet, oldest first; returns how many."""
    AuditHead.objects.get_or_create(workspace_id=workspace_id)
    head = AuditHead.objects.select_for_update(no_key=True).get(workspace_id=workspace_id)
    waiting = list(AuditEntry.objects.filter(number__isnull=True).order_by("id")[:limit])
    for entry in waiting:
        head.number += 1
        head.hash = chain.join(bytes(head.hash), bytes(entry.digest))
        AuditEntry.objects.filter(id=entry.id).update(number=head.number, hash=head.hash)
    if waiting:
        head.save()
    return len(waiting)
