"""Why a field of a customer's record has the value that it has: one story for each time it changed, or could have.

Told from what was stored when it happened: approvals, frozen requests and readings, never today's rules.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from approvals import action_types, contents
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from runs import canonical, ledger
from runs.models import Customer

MOST = 200
Ending = Literal[
    "confirmed", "settled", "elsewhere", "unknown", "conflict", "undone", "stopped", "failed",
    "on_its_way", "waiting", "rejected", "withdrawn", "expired", "superseded",
]  # fmt: skip
CHANGED = ("confirmed", "settled", "elsewhere")
_REVERSAL = "reverse:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One change of one field, or one that did not come about. `at` is when it ended as it did.

    `elsewhere` is told by two readings: `since` is when the value before was last known to stand.
    Where nobody had read the value before, `was_read` is false and `was` says nothing.
    """

    customer: Customer
    field: str
    label: str
    ending: Ending
    at: datetime
    was: Any = None
    was_read: bool = True
    now: Any = None
    since: datetime | None = None
    proposal: Proposal | None = None
    version: ProposalVersion | None = None
    approval: Approval | None = None
    entry: OutboxEntry | None = None
    evidence: tuple[str, ...] = ()
    reverses: str = ""  # the effect that it puts back
    reversed_by: str = ""
    sent_again_by: str = ""  # who let it go once more, after a failure or a doubt
    seen_at: datetime | None = None  # in doubt, and a later reading shows its value


def stories(
    customer: Customer,
    field: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Story]:
    """What happened to the field, oldest first, in the scope's workspace."""
    told = [*_sent(customer, field), *_not_sent(customer, field)]
    told = _with_reversals(sorted(told, key=lambda one: one.at))
    told = _with_readings(customer, field, told)
    return [
        one
        for one in sorted(told, key=lambda one: one.at)
        if (since is None or one.at >= since) and (until is None or one.at < until)
    ]


def fields_of(customer: Customer) -> list[str]:
    """Names of the fields about which there may be a story."""
    found: set[str] = set()
    for entry in _entries(customer):
        found |= {name for name, _value in _wanted(entry)}
    for version in _versions(customer):
        found |= {change.field for change in contents.load(version).changes}
    return sorted(found)


def _entries(customer: Customer) -> list[OutboxEntry]:
    """Effects on this very record, newest first up to MOST: "crm/contact:c-1001"."""
    found = OutboxEntry.objects.filter(target__endswith=f":{customer.external_id}").select_related(
        "run", "proposal", "proposal__step", "proposal__run__release", "approval"
    )
    newest = found.order_by("-created_at", "-id")[:MOST]
    return [one for one in newest if one.target.partition(":")[2] == customer.external_id]


def _versions(customer: Customer) -> Iterable[ProposalVersion]:
    found = ProposalVersion.objects.filter(proposal__customer=customer)
    return found.select_related("proposal").order_by("-at", "-id")[:MOST]


def _wanted(entry: OutboxEntry) -> Iterator[tuple[str, Any]]:
    """Field and value of what an effect sets; nothing where its request was purged."""
    request = json.loads(entry.request) if entry.request else {}
    kind = action_types.find(entry.action_type)
    if not request or kind is None:
        return
    arguments = action_types.parse(kind.Arguments, request["arguments"])
    values = request["arguments"].get("changes", {})
    for name in kind.fields(arguments):
        yield name, values.get(name)


def _sent(customer: Customer, field: str) -> Iterator[Story]:
    for entry in _entries(customer):
        values = dict(_wanted(entry))
        version = _decided(entry)
        change = _change(version, field)
        if field not in values and (entry.request or change is None):
            continue
        before = _before(entry, version)
        yield Story(
            customer=customer,
            field=field,
            label=change.label if change else field,
            ending=_ending(entry),
            at=entry.finished_at or entry.created_at,
            was=before.get(field, change.before if change else None),
            was_read=field in before or (change is not None and change.before is not None),
            now=values.get(field, change.after if change else None),
            proposal=entry.proposal,
            version=version,
            approval=entry.approval,
            entry=entry,
            evidence=change.evidence if change else (),
            reverses=_reverses(entry.proposal),
            sent_again_by=_sent_again_by(entry),
        )


def _before(entry: OutboxEntry, version: ProposalVersion | None) -> dict[str, Any]:
    """What the far side was known to hold: as it was shown, and as it stood in the frozen request."""
    frozen: dict[str, Any] = json.loads(entry.request)["before"] if entry.request else {}
    return {**(version.before if version else {}), **frozen}


def _sent_again_by(entry: OutboxEntry) -> str:
    """The author of the line that queued it, where it took the place of one under the same decision."""
    replaced = OutboxEntry.objects.filter(
        run_id=entry.run_id, step_key=entry.step_key, action=entry.action,
        args_hash=entry.args_hash, approval=entry.approval, state=OutboxState.SUPERSEDED,
    ).exclude(id=entry.id)  # fmt: skip
    if not replaced.filter(created_at__lte=entry.created_at).exists():
        return ""
    queued = ledger.of_kinds("outbox.queued", runs=[entry.run_id])
    return next((line.by for line in queued if line.body["entry"] == entry.public_id), "")


def _decided(entry: OutboxEntry) -> ProposalVersion | None:
    """What the approver saw: the version of the approval, whatever was edited since."""
    if entry.approval is None:
        return None
    found = ProposalVersion.objects.filter(proposal_id=entry.approval.proposal_id)
    return found.filter(version=entry.approval.version).first()


def _change(version: ProposalVersion | None, field: str) -> contents.Change | None:
    if version is None:
        return None
    return next((one for one in contents.load(version).changes if one.field == field), None)


def _ending(entry: OutboxEntry) -> Ending:
    if entry.state == OutboxState.SUCCEEDED:
        # A signed message of the receiver is a confirmation like its answer.
        resolved = (entry.result or {}).get("resolved_by", "callback")
        return "confirmed" if resolved == "callback" else "settled"
    if entry.state in (OutboxState.UNKNOWN, OutboxState.RECONCILE):
        return "unknown"
    if entry.state == OutboxState.FAILED:
        return "conflict" if entry.reason == "conflict" else "failed"
    if entry.state in (OutboxState.PENDING, OutboxState.SENDING):
        return "on_its_way"
    if entry.state == OutboxState.SUPERSEDED:
        return "superseded"
    # "dropped": a person left a doubt as it was. It may have happened all the same.
    known: dict[str, Ending] = {"undone": "undone", "conflict": "conflict", "dropped": "unknown"}
    return known.get(entry.reason, "stopped")


def _reverses(proposal: Proposal | None) -> str:
    key = proposal.step.step_key if proposal is not None else ""
    return key.removeprefix(_REVERSAL) if key.startswith(_REVERSAL) else ""


def _not_sent(customer: Customer, field: str) -> Iterator[Story]:
    """Wishes that never became an effect."""
    endings: dict[str, Ending] = {
        ProposalState.PENDING: "waiting",
        ProposalState.REJECTED: "rejected",
        ProposalState.WITHDRAWN: "withdrawn",
        ProposalState.EXPIRED: "expired",
        ProposalState.SUPERSEDED: "superseded",
    }
    found = Proposal.objects.filter(customer=customer, state__in=endings).select_related(
        "run", "run__release", "step"
    )
    for proposal in found.order_by("-proposed_at", "-id")[:MOST]:
        version = ProposalVersion.objects.filter(proposal=proposal, version=proposal.version)
        shown = version.first()
        change = _change(shown, field)
        if change is None or shown is None:
            continue
        decided = Approval.objects.filter(proposal=proposal, undone_at__isnull=True)
        yield Story(
            customer=customer,
            field=field,
            label=change.label,
            ending=endings[proposal.state],
            at=proposal.decided_at or proposal.proposed_at,
            was=change.before,
            was_read=field in shown.before or change.before is not None,
            now=change.after,
            proposal=proposal,
            version=shown,
            approval=decided.order_by("-at").first(),
            evidence=change.evidence,
            reverses=_reverses(proposal),
        )


def _with_reversals(told: list[Story]) -> list[Story]:
    """What was put back says by which effect."""
    back = {
        one.reverses: one.entry.public_id
        for one in told
        if one.reverses and one.entry is not None and one.ending in CHANGED
    }
    return [
        replace(one, reversed_by=back.get(one.entry.public_id, "")) if one.entry else one
        for one in told
    ]


def _with_readings(customer: Customer, field: str, told: list[Story]) -> list[Story]:
    """Readings of the record show what somebody else did, and what came of an effect in doubt."""
    readings = [
        (version.before_read_at, version.before[field], version)
        for version in _versions(customer)
        if version.before_read_at is not None and field in version.before
    ]
    found, known = list(told), None
    changes = [(one.at, one.now, None) for one in told if one.ending in CHANGED]
    moments = sorted([*readings, *changes], key=lambda one: (one[0], one[2] is not None))
    for at, value, version in moments:
        if known is not None and version is not None and not _same(known[1], value):
            doubted = _doubted(found, value, known[0], at)
            if doubted is None:
                found.append(_elsewhere(customer, field, known, at, value, version))
            else:
                found[doubted] = replace(found[doubted], seen_at=at)
        known = (at, value)
    return found


def _doubted(told: list[Story], value: Any, since: datetime, until: datetime) -> int | None:
    for place, one in enumerate(told):
        if one.ending == "unknown" and _same(one.now, value) and since <= one.at <= until:
            return place
    return None


def _elsewhere(
    customer: Customer,
    field: str,
    known: tuple[datetime, Any],
    at: datetime,
    value: Any,
    version: ProposalVersion,
) -> Story:
    change = _change(version, field)
    return Story(
        customer=customer,
        field=field,
        label=change.label if change else field,
        ending="elsewhere",
        since=known[0],
        at=at,
        was=known[1],
        now=value,
        proposal=version.proposal,
        version=version,
    )


def _same(one: Any, other: Any) -> bool:
    """As text: a far side that keeps only text gives a whole number back as its digits."""
    return one == other or canonical.dumps(str(one)) == canonical.dumps(str(other))
