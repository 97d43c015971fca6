"""Words of the audit: what somebody did, for every code that is written."""

from collections.abc import Callable

from django.utils.translation import gettext as _

_ACTIONS: dict[str, Callable[[], str]] = {
    "viewed": lambda: _("Opened"),
    "revealed": lambda: _("Saw numbers and addresses in full"),
    "audit.exported": lambda: _("Exported the audit"),
    "change.sealed": lambda: _("Sealed the files of an evidence pack"),
    "change.exported": lambda: _("Exported an evidence pack"),
    "call.claimed": lambda: _("Took the call"),
    "call.released": lambda: _("Let go of the call"),
    "call.assigned": lambda: _("Gave the call to somebody"),
    "call.flagged": lambda: _("Flagged the call"),
    "call.unflagged": lambda: _("Removed the flag of the call"),
    "call.end": lambda: _("Ended the call"),
    "call.whisper": lambda: _("Whispered to the agent"),
    "call.ask": lambda: _("Had the agent ask for a field"),
    "call.transfer": lambda: _("Asked for the call to be handed over"),
    "call.refused": lambda: _("Was refused at a call"),
    "run.refused": lambda: _("Was refused at a run"),
    "evidence.refused": lambda: _("Was refused at evidence"),
    "evidence.attached": lambda: _("Attached a quote by hand"),
    "escalation.handled": lambda: _("Took care of an escalation"),
    "field.corrected": lambda: _("Corrected a field"),
    "field.confirmed": lambda: _("Confirmed a field"),
    "promise.done": lambda: _("Said that a promise was done by hand"),
    "promise.withdrawn": lambda: _("Withdrew a promise"),
    "promise.reopened": lambda: _("Opened a promise again"),
    "promise.taken": lambda: _("Took a promise"),
    "promise.released": lambda: _("Let go of a promise"),
    "summary.edited": lambda: _("Edited the summary"),
    "summary.approved": lambda: _("Approved the summary"),
    "proposal.approved": lambda: _("Approved the proposal"),
    "proposal.endorsed": lambda: _("Agreed; others have to agree as well"),
    "proposal.retracted": lambda: _("Took one yes of several back"),
    "proposal.rejected": lambda: _("Rejected the proposal"),
    "proposal.edited": lambda: _("Edited the proposal"),
    "proposal.undone": lambda: _("Undid the approval"),
    "proposal.held": lambda: _("Held the effects"),
    "proposal.released": lambda: _("Released the effects"),
    "proposal.withdrawn": lambda: _("Withdrew the proposal"),
    "proposal.superseded": lambda: _("Replaced the proposal"),
    "proposal.claim_taken": lambda: _("Took over the review"),
    "proposal.snoozed": lambda: _("Snoozed the proposal"),
    "proposal.woken": lambda: _("Woke the proposal"),
    "proposal.asked": lambda: _("Asked for more"),
    "proposal.questioned": lambda: _("Asked a question"),
    "proposal.answered": lambda: _("Answered a question"),
    "proposal.commented": lambda: _("Commented"),
    "comment.written": lambda: _("Commented on a call"),
    "comment.edited": lambda: _("Edited a comment"),
    "comment.deleted": lambda: _("Deleted a comment"),
    "comment.resolved": lambda: _("Resolved comments"),
    "comment.reopened": lambda: _("Reopened comments"),
    "person.away": lambda: _("Named a stand-in"),
    "person.back": lambda: _("Came back"),
    "connection.rotated": lambda: _("Changed a secret"),
    "connection.overlap_ended": lambda: _("Ended a former secret"),
    "connection.tested": lambda: _("Tested a connection"),
    "proposal.reversal_made": lambda: _("Prepared a reversal"),
    "proposal.refused": lambda: _("Was refused at a proposal"),
    "outbox.retried": lambda: _("Asked for the next try now"),
    "outbox.cancelled": lambda: _("Cancelled or left the effect"),
    "outbox.succeeded": lambda: _("Recorded that it had happened"),
    "outbox.superseded": lambda: _("Sent again as new"),
    "outbox.proof_resolved": lambda: _("Proved what was in doubt"),
    "outbox.proof_contradicts": lambda: _("Sent proof against the record"),
    "outbox.probed": lambda: _("Let a probe go to a receiver"),
    "outbox.pause": lambda: _("Paused the outbox"),
    "outbox.drain": lambda: _("Let the outbox run empty"),
    "outbox.resume": lambda: _("Let the outbox go on"),
    "outbox.refused": lambda: _("Was refused at an effect"),
    "connection.set": lambda: _("Set up a connection"),
    "key.made": lambda: _("Made an API key"),
    "key.revoked": lambda: _("Revoked an API key"),
    "preferences.changed": lambda: _("Changed preferences"),
    "release.published": lambda: _("Published a release"),
    "view.shared": lambda: _("Shared a view"),
    "view.unshared": lambda: _("Stopped sharing a view"),
}
ACTIONS = frozenset(_ACTIONS)


def action(code: str) -> str:
    """What was done; a code of an older version stays readable."""
    return _ACTIONS[code]() if code in _ACTIONS else code.replace("_", " ").replace(".", " ")


def codes() -> list[tuple[str, str]]:
    """Every code with its words, by the words."""
    return sorted(((code, make()) for code, make in _ACTIONS.items()), key=lambda one: one[1])
