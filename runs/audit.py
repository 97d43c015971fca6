"""The audit: who decided, edited, saw or configured what, chained per workspace."""

import secrets
from datetime import datetime
from typing import Any

from django.db import connection

from runs import canonical, chain
from runs.models import AuditEntry, AuditHead
from runs.people import Actor


def record(action: str, obj: str, /, *, by: Actor, at: datetime, **details: Any) -> AuditEntry:
    """Write one entry in the caller's transaction and chain it. The head's lock is taken last.

    `details` hold ids, codes and digests, never values: erasing a person must not touch the chain.
    """
    AuditHead.objects.get_or_create(workspace_id=by.workspace_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, hash FROM runs_audithead WHERE workspace_id = %s FOR NO KEY UPDATE",
            [by.workspace_id],
        )
        number, head = cursor.fetchone() or (0, chain.GENESIS)
    entry = _entry(action, obj, by=by, at=at, details=details)
    entry.number, entry.hash = number + 1, chain.join(bytes(head), bytes(entry.digest))
    entry.save(force_insert=True)
    AuditHead.objects.filter(workspace_id=by.workspace_id).update(
        number=entry.number, hash=entry.hash
    )
    return entry


def record_view(obj: str, /, *, by: Actor, at: datetime) -> None:
    """Note that somebody looked. Sealed into the chain in batches, so that reading never waits for the head."""
    _entry("viewed", obj, by=by, at=at, details={}).save(force_insert=True)


def _entry(
    action: str, obj: str, *, by: Actor, at: datetime, details: dict[str, Any]
) -> AuditEntry:
    payload = canonical.dumps(
        {"action": action, "object": obj, "by": by.id, "name": by.name, "at": at, "is": details}
    )
    salt = secrets.token_bytes(16)
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
