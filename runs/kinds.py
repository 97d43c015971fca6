"""Every kind of ledger line: `noun.past`, with the shape of its payload. Sockets, SSE and webhooks use the same strings.

Payloads hold ids, versions, numbers, codes and names; never what somebody said.
"""

from typing import Any

from runs.errors import Invalid

VERSION = 1

# kind -> required keys of its payload (further keys are refused)
KINDS: dict[str, frozenset[str]] = {
    kind: frozenset(keys.split())
    for kind, keys in {
        "run.started": "release workflow call",
        "run.completed": "outcome",
        "run.failed": "code",
        "call.rang": "call",
        "call.accepted": "call",
        "call.answered": "call",
        "call.ended": "call reason",
        "call.missed": "call reason",
        "call.flagged": "call code",
        "call.unflagged": "call code",
        "call.claimed": "call name",
        "call.released": "call name",
        "call.assigned": "call name",
        "comment.written": "remark anchor",
        "comment.edited": "remark anchor",
        "comment.deleted": "remark anchor",
        "comment.resolved": "remark anchor",
        "comment.reopened": "remark anchor",
        "sideband.attached": "call epoch",
        "sideband.lost": "call code",
        "sideband.taken_over": "call epoch",
        "gap.noted": "call code position seconds",
        "turn.opened": "turn speaker position",
        "turn.finished": "turn speaker position version state",
        "turn.cut": "turn position version heard_chars at_ms",
        "turn.amended": "turn position version reason",
        "turn.redacted": "turn position version",
        "record.redacted": "what id position",
        "turn.unavailable": "turn position code",
        "silence.noted": "position seconds",
        "noise.noted": "position",
        "keypad.pressed": "position count",
        "keypad.collected": "position field count sensitivity state",
        "field.captured": "field version state grade evidence",
        "field.corrected": "field version state grade evidence",
        "evidence.attached": "evidence source grade",
        "escalation.raised": "trigger position turn",
        "escalation.handled": "trigger",
        "handoff.requested": "reason position",
        "tool.called": "tool call_id position step",
        "tool.answered": "tool call_id position step state",
        "tool.denied": "tool call_id position code",
        "step.started": "step key name",
        "step.finished": "step key name state",
        "promise.heard": "promise evidence",
        "promise.matched": "promise state backing",
        "promise.done": "promise",
        "promise.withdrawn": "promise code",
        "promise.reopened": "promise",
        "promise.taken": "promise name",
        "promise.released": "promise name",
        "outcome.captured": "outcome version complete missing",
        "verdict.given": "verdict",
        "summary.drafted": "summary version",
        "summary.edited": "summary version",
        "summary.approved": "summary version",
        "proposal.made": "proposal version risk rule",
        "proposal.edited": "proposal version",
        "proposal.approved": "proposal version approval",
        "proposal.endorsed": "proposal version approval left",
        "proposal.retracted": "proposal version approval left",
        "proposal.rejected": "proposal version approval code",
        "proposal.undone": "proposal version approval",
        "proposal.expired": "proposal version",
        "proposal.conflicted": "proposal version",
        "proposal.withdrawn": "proposal version",
        "proposal.superseded": "proposal version",
        "proposal.joined": "proposal version",
        "proposal.snoozed": "proposal version",
        "proposal.reminded": "proposal version",
        "proposal.escalated": "proposal version",
        "proposal.asked": "proposal version",
        "proposal.answered": "proposal version",
        "outbox.queued": "entry action key",
        "outbox.held": "entry action",
        "outbox.released": "entry action",
        "outbox.claimed": "entry action attempt",
        "outbox.retried": "entry action attempt code",
        "outbox.confirmed": "entry action attempt reference",
        "outbox.failed": "entry action attempt code",
        "outbox.doubted": "entry action attempt code",
        "outbox.cancelled": "entry action code",
        "outbox.contradicted": "entry action proof",
        "command.given": "command verb",
        "command.sent": "command verb",
        "command.accepted": "command verb",
        "command.doubted": "command verb code",
        "command.done": "command verb state",
    }.items()
}


def check(kind: str, body: dict[str, Any]) -> None:
    """Raise Invalid unless the kind is known and the payload has exactly its keys."""
    keys = KINDS.get(kind)
    if keys is None:
        raise Invalid("unknown_event_kind", kind=kind)
    if body.keys() != keys:
        raise Invalid(
            "wrong_event_shape",
            kind=kind,
            missing=sorted(keys - body.keys()),
            unexpected=sorted(body.keys() - keys),
        )
