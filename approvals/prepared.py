"""Prepared: what takes a confirmed effect back, written down in the transaction that confirms it."""

import hashlib
import hmac
import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from approvals import action_types, contents
from approvals.action_types import ActionType
from approvals.contents import Change, Content, Effect
from approvals.models import Approval, OutboxEntry, ProposalVersion, Reversal
from runs.errors import Conflict, Invalid

logger = logging.getLogger(__name__)


def prepare(entries: Sequence[OutboxEntry], *, at: datetime) -> None:
    """For those that can be taken back; of the others nothing is kept. Twice changes nothing."""
    given = {entry: found for entry in entries if (found := arguments(entry)) is not None}
    if not given:
        return
    labels = _labels(list(given))
    made = (
        (entry, _payload(entry, given[entry], labels.get(entry.approval_id, {}))) for entry in given
    )
    Reversal.objects.bulk_create(
        [
            Reversal(
                workspace_id=entry.workspace_id, entry=entry, payload=payload,
                digest=_digest(payload), at=at,
            )
            for entry, payload in made
            if payload
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _payload(entry: OutboxEntry, given: dict[str, Any], labels: dict[str, str]) -> str:
    """Empty where it does not fit: what was confirmed must be written down whatever comes of this."""
    try:
        return contents.dump(_content(entry, given, labels))
    except (Invalid, ValueError):
        logger.warning("outbox: no reversal for %s", entry.public_id, exc_info=True)
        return ""


def of(entry: OutboxEntry) -> Content | None:
    """What was written down. Raise Conflict where it is not what it was."""
    kept = Reversal.objects.filter(entry=entry).first()
    if kept is None:
        return None
    if not hmac.compare_digest(_digest(kept.payload), bytes(kept.digest)):
        raise Conflict("reversal_altered", entry=entry.public_id)
    return Content.model_validate_json(kept.payload)


def fields(entry: OutboxEntry) -> tuple[str, ...]:
    """Names of the fields that it has changed; none where the request is gone."""
    asked = _asked(entry)
    if asked is None:
        return ()
    kind, request = asked
    return kind.fields(action_types.parse(kind.Arguments, request["arguments"]))


def arguments(entry: OutboxEntry) -> dict[str, Any] | None:
    """Arguments that put back what was there before; None where there are none."""
    asked = _asked(entry)
    if asked is None:
        return None
    kind, request = asked
    return kind.reversal(request["arguments"], request["before"])


def _asked(entry: OutboxEntry) -> tuple[ActionType, dict[str, Any]] | None:
    """Its type and what was frozen for it; None where either is gone."""
    kind = action_types.find(entry.action_type)
    if kind is None or not entry.request:
        return None
    return kind, json.loads(entry.request)


def _content(entry: OutboxEntry, given: dict[str, Any], labels: dict[str, str]) -> Content:
    """From the values that were confirmed, back to those that were read before them."""
    kind = action_types.get(entry.action_type)
    request = json.loads(entry.request)
    confirmed = kind.values(action_types.parse(kind.Arguments, request["arguments"]))
    changes = tuple(
        Change(
            field=name,
            label=labels.get(name, name),
            before=confirmed.get(name),
            after=request["before"].get(name),
        )
        for name in kind.fields(action_types.parse(kind.Arguments, given))
    )
    return Content(
        effects=(Effect(action=entry.action, arguments=given),),
        changes=changes,
        title=f"Put back what {entry.public_id} changed",
        reason=f"Takes back {entry.public_id}.",
    )


def _labels(entries: Sequence[OutboxEntry]) -> dict[Any, dict[str, str]]:
    """By approval: how the version that was allowed names its fields."""
    allowed = Approval.objects.filter(id__in={entry.approval_id for entry in entries})
    known = {(one.proposal_id, one.version): one.id for one in allowed}
    versions = ProposalVersion.objects.filter(proposal_id__in={one for one, _number in known})
    return {
        known[one.proposal_id, one.version]: {
            change.field: change.label for change in contents.load(one).changes
        }
        for one in versions
        if (one.proposal_id, one.version) in known
    }


def _digest(payload: str) -> bytes:
    return hashlib.sha256(payload.encode()).digest()
