"""Exports: a ledger as lines that anybody can verify without us (`runs/verifier.py`)."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Max, QuerySet

from runs import canonical
from runs.models import AuditEntry, AuditHead, Event, Run, Workspace


def of_run(run: Run) -> Iterator[dict[str, Any]]:
    """The header, then every line of the run, in the scope of its workspace."""
    lines = Event.objects.filter(run=run).order_by("number")
    newest = _newest(lines)
    count, last = Run.objects.values_list("last_number", "head").get(id=run.id)
    yield {"chain": run.public_id, "lines": count, "head": bytes(last).hex()}
    for row in lines.filter(number__lte=max(count, newest)).iterator(2000):
        yield {
            "number": row.number,
            "kind": row.kind,
            "run": str(row.run_id),
            "at": canonical.stamp(row.at),
            "by": row.by,
            **_proof(row),
        }


def of_audit(
    workspace: Workspace, *, about: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The workspace's audit, as far as it is sealed. With `about` only entries on these objects show their
    content; of every other one the digest stands there, so that the chain can be verified all the same."""
    sealed = AuditEntry.objects.filter(workspace=workspace, number__isnull=False).order_by("number")
    newest = _newest(sealed)
    head = AuditHead.objects.filter(workspace=workspace).first() or AuditHead(workspace=workspace)
    yield {
        "chain": f"audit of {workspace.slug}",
        "lines": head.number,
        "head": bytes(head.hash).hex(),
    }
    for row in sealed.filter(number__lte=max(head.number, newest)).iterator(2000):
        # Of a field the object is run/field.
        if about is not None and row.object.split("/")[0] not in about:
            proof = {key: _proof(row)[key] for key in ("digest", "hash")}
            yield {"number": row.number, "payload": None, "salt": None, **proof}
            continue
        yield {"number": row.number, "at": canonical.stamp(row.at), "by": row.by, **_proof(row)}


def _newest(lines: "QuerySet[Any]") -> int:
    """Read before the head: beside a chain that grows, no line is then beyond the head but one that was
    put there past it; and what is appended after the head was read belongs to the next export."""
    return lines.aggregate(newest=Max("number"))["newest"] or 0


def _proof(row: Event | AuditEntry) -> dict[str, Any]:
    return {
        "payload": row.payload,
        "salt": bytes(row.salt).hex() if row.salt is not None else None,
        "digest": bytes(row.digest).hex(),
        "hash": bytes(row.hash).hex() if row.hash is not None else "",
    }
