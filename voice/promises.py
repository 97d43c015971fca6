"""Promises: what the business owes the caller after the call, each with the words that were heard."""

from datetime import datetime

from runs import ledger
from runs.models import Evidence, Promise, Run
from runs.people import Actor

KINDS = ("email", "sms", "call", "visit", "task", "other")


def add(
    run: Run, *, text: str, kind: str, due: str, evidence: Evidence | None, by: Actor, at: datetime
) -> Promise:
    """Note a promise. The same words of the same kind are one promise."""
    text, due = text.strip()[:400], due.strip()[:80]
    kind = kind if kind in KINDS else "other"
    known = Promise.objects.filter(run=run, kind=kind, text__iexact=text).first()
    if known is not None:
        return known
    promise = Promise.objects.create(
        workspace_id=run.workspace_id,
        run=run,
        text=text,
        kind=kind,
        due=due,
        evidence=evidence,
        at=at,
    )
    ledger.append(
        run.id,
        "promise.heard",
        by=by,
        at=at,
        promise=str(promise.id),
        evidence=evidence.public_id if evidence else "",
    )
    return promise


def of_run(run: Run) -> list[Promise]:
    return list(Promise.objects.filter(run=run).select_related("evidence").order_by("id"))
