"""Words of every kind of ledger line: what happened, in three words or so."""

from collections.abc import Callable

from django.utils.translation import gettext as _

_KINDS: dict[str, Callable[[], str]] = {
    "run.started": lambda: _("Run began"),
    "run.completed": lambda: _("Run completed"),
    "run.failed": lambda: _("Run failed"),
    "call.rang": lambda: _("Call rang"),
    "call.accepted": lambda: _("Call accepted"),
    "call.answered": lambda: _("Call answered"),
    "call.ended": lambda: _("Call ended"),
    "call.missed": lambda: _("Call missed"),
    "call.flagged": lambda: _("Call flagged"),
    "call.unflagged": lambda: _("Flag taken off"),
    "call.claimed": lambda: _("Call taken by a person"),
    "call.released": lambda: _("Call let go by a person"),
    "sideband.attached": lambda: _("Observation began"),
    "sideband.lost": lambda: _("Observation lost"),
    "sideband.taken_over": lambda: _("Observation taken over"),
    "gap.noted": lambda: _("Gap noted"),
    "turn.opened": lambda: _("Somebody began to speak"),
    "turn.finished": lambda: _("Turn finished"),
    "turn.cut": lambda: _("Turn cut off"),
    "turn.amended": lambda: _("Turn amended"),
    "turn.redacted": lambda: _("Number taken out of a turn"),
    "turn.unavailable": lambda: _("Turn could not be understood"),
    "silence.noted": lambda: _("Silence noted"),
    "noise.noted": lambda: _("Noise noted"),
    "keypad.pressed": lambda: _("Keys pressed"),
    "keypad.collected": lambda: _("Digits collected"),
    "record.redacted": lambda: _("Number taken out of the record"),
    "field.captured": lambda: _("Field captured"),
    "field.corrected": lambda: _("Field corrected by a person"),
    "evidence.attached": lambda: _("Evidence attached"),
    "escalation.raised": lambda: _("Escalation raised"),
    "escalation.handled": lambda: _("Escalation taken care of"),
    "handoff.requested": lambda: _("A person was asked for"),
    "tool.called": lambda: _("Tool called"),
    "tool.answered": lambda: _("Tool answered"),
    "tool.denied": lambda: _("Tool refused"),
    "step.started": lambda: _("Step began"),
    "step.finished": lambda: _("Step finished"),
    "promise.heard": lambda: _("Promise heard"),
    "outcome.captured": lambda: _("Outcome captured"),
    "verdict.given": lambda: _("Verdict given"),
    "summary.drafted": lambda: _("Summary drafted"),
    "summary.edited": lambda: _("Summary edited"),
    "summary.approved": lambda: _("Summary approved"),
    "proposal.made": lambda: _("Proposal made"),
    "proposal.edited": lambda: _("Proposal edited"),
    "proposal.approved": lambda: _("Proposal approved"),
    "proposal.endorsed": lambda: _("One yes of several"),
    "proposal.rejected": lambda: _("Proposal rejected"),
    "proposal.undone": lambda: _("Approval undone"),
    "proposal.expired": lambda: _("Proposal expired"),
    "proposal.conflicted": lambda: _("Proposal met a conflict"),
    "proposal.withdrawn": lambda: _("Proposal withdrawn"),
    "proposal.superseded": lambda: _("Proposal replaced"),
    "proposal.joined": lambda: _("Wish joined a proposal"),
    "proposal.snoozed": lambda: _("Proposal snoozed"),
    "proposal.asked": lambda: _("Question asked about a proposal"),
    "proposal.answered": lambda: _("Question about a proposal answered"),
    "outbox.queued": lambda: _("Effect queued"),
    "outbox.held": lambda: _("Effect held"),
    "outbox.released": lambda: _("Effect released"),
    "outbox.claimed": lambda: _("Effect being sent"),
    "outbox.retried": lambda: _("Effect to be tried again"),
    "outbox.confirmed": lambda: _("Effect confirmed"),
    "outbox.failed": lambda: _("Effect failed"),
    "outbox.doubted": lambda: _("Effect in doubt"),
    "outbox.cancelled": lambda: _("Effect cancelled"),
    "outbox.contradicted": lambda: _("Receiver contradicts the record"),
    "command.given": lambda: _("Command given"),
    "command.sent": lambda: _("Command sent"),
    "command.done": lambda: _("Command done"),
}


def kind(code: str) -> str:
    """A kind that has no words yet is readable at least."""
    if code in _KINDS:
        return _KINDS[code]()
    return code.replace(".", " ").replace("_", " ").capitalize()


def known() -> frozenset[str]:
    return frozenset(_KINDS)
