"""Words of the gate: risks, states of proposals and of effects, reasons."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.models import OutboxEntry
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from console.pictures.pieces import Pill, Tone

Words = Callable[[], str]

_RISKS: dict[str, tuple[Words, Words, Tone]] = {
    "low": (lambda: pgettext("risk", "Low"), lambda: _("Low risk"), "neutral"),
    "medium": (lambda: pgettext("risk", "Medium"), lambda: _("Medium risk"), "warn"),
    "high": (lambda: pgettext("risk", "High"), lambda: _("High risk"), "bad"),
}

_PROPOSALS: dict[str, tuple[Words, Tone, str]] = {
    ProposalState.PENDING: (lambda: pgettext("proposal", "Waiting"), "warn", "clock"),
    ProposalState.APPROVED: (lambda: pgettext("proposal", "Approved"), "ok", "check"),
    ProposalState.REJECTED: (lambda: pgettext("proposal", "Rejected"), "neutral", "x"),
    ProposalState.WITHDRAWN: (lambda: pgettext("proposal", "Withdrawn"), "neutral", "undo-2"),
    ProposalState.EXPIRED: (lambda: pgettext("proposal", "Expired"), "warn", "file-clock"),
    ProposalState.CONFLICT: (lambda: pgettext("proposal", "Conflict"), "bad", "triangle-alert"),
    ProposalState.SUPERSEDED: (lambda: pgettext("proposal", "Replaced"), "neutral", "repeat"),
}

_ENTRIES: dict[str, tuple[Words, Tone, str]] = {
    "held": (lambda: _("Held"), "warn", "pause"),
    "hold": (lambda: _("In its hold"), "neutral", "clock"),
    "queued": (lambda: _("Queued"), "neutral", "circle-dashed"),
    "retrying": (lambda: _("Retrying"), "warn", "repeat"),
    OutboxState.SENDING: (lambda: _("Sending"), "neutral", "loader-circle"),
    OutboxState.SUCCEEDED: (lambda: _("Confirmed"), "ok", "circle-check"),
    OutboxState.FAILED: (lambda: _("Failed"), "bad", "circle-x"),
    OutboxState.RECONCILE: (lambda: _("Being looked up"), "warn", "search"),
    OutboxState.UNKNOWN: (lambda: _("Unknown: needs you"), "bad", "circle-help"),
    OutboxState.CANCELLED: (lambda: _("Cancelled"), "neutral", "circle-slash"),
    OutboxState.SUPERSEDED: (lambda: _("Replaced"), "neutral", "repeat"),
}

_REASONS: dict[str, Words] = {
    "undone": lambda: _("The approval was undone. Nothing was sent."),
    "conflict": lambda: _("The CRM holds other values than were shown. Nothing was sent."),
    "cancelled": lambda: _("A person cancelled it. Nothing was sent."),
    "dropped": lambda: _("A person left the doubt as it is. It is not sent again."),
    "superseded": lambda: _("A new action took its place."),
    "expired_unexecuted": lambda: _("Its time ran out before it could be sent."),
    "poison": lambda: _("The worker ended five times while it was at this."),
    "key_forgotten": lambda: _("The receiver may have forgotten the key. It is not sent again."),
    "timeout": lambda: _("No answer in time. Safe to retry: same key."),
    "deadline": lambda: _("No answer in time. Safe to retry: same key."),
    "unreachable": lambda: _("The receiver could not be reached."),
    "connection_lost": lambda: _(
        "The connection ended before the answer. Safe to retry: same key."
    ),
    "bad_address": lambda: _("The receiver's address is not valid."),
    "request_altered": lambda: _("The frozen request does not match its digest. Not sent."),
    "internal_error": lambda: _("An error on our side. Nothing is known to have been sent."),
}

REJECTIONS: dict[str, Words] = {
    "wrong_value": lambda: _("Wrong value"),
    "no_evidence": lambda: _("No evidence"),
    "wrong_person": lambda: _("Wrong person"),
    "not_wanted": lambda: _("Not wanted"),
    "other": lambda: _("Other"),
}

_ACTIONS: dict[str, tuple[Words, Words, str]] = {
    "update_contact": (
        lambda: _("Update contact in CRM"),
        lambda: _("Update contact"),
        "database",
    ),
    "send_email": (lambda: _("Follow-up email"), lambda: _("Send email"), "mail"),
}


VERBS: dict[str, tuple[str, Words, str]] = {
    "retry": ("retry_now", lambda: _("Retry now"), "refresh-cw"),
    "again": ("send_again", lambda: _("Send again as new"), "send"),
    "drop": ("drop", lambda: _("Leave it"), "circle-slash"),
    "cancel": ("cancel", lambda: _("Cancel action"), "x"),
}
"""Word of the address -> what the gate calls it, the button, its icon."""


def risk(code: str, *, short: bool = False) -> Pill:
    brief, full, tone = _RISKS.get(code, _RISKS["medium"])
    return Pill(text=brief(), tone=tone) if short else Pill(text=full(), tone=tone, icon="gauge")


def proposal_state(code: str) -> Pill:
    words, tone, icon = _PROPOSALS[code]
    return Pill(text=words(), tone=tone, icon=icon)


def rejection(code: str) -> str:
    return REJECTIONS[code]() if code in REJECTIONS else code


def entry_key(entry: OutboxEntry, *, in_hold: bool) -> str:
    """The state as people see it: a pending entry is held, in its hold, queued or retrying."""
    if entry.state != OutboxState.PENDING:
        return str(entry.state)
    if entry.held:
        return "held"
    if in_hold:
        return "hold"
    return "retrying" if entry.attempts else "queued"


def entry_state(key: str) -> Pill:
    words, tone, icon = _ENTRIES[key]
    return Pill(text=words(), tone=tone, icon=icon)


def entry_reason(code: str) -> str:
    """Why an effect failed, waits or was cancelled; a code of the receiver stays readable."""
    if not code:
        return ""
    if code in _REASONS:
        return _REASONS[code]()
    if code.startswith("status_"):
        return _("The receiver answered %(status)s. Same key on every try.") % {
            "status": code.removeprefix("status_")
        }
    return code.replace("_", " ").capitalize()


def action_title(action_type: str, fallback: str) -> str:
    return _ACTIONS[action_type][0]() if action_type in _ACTIONS else fallback


def action_verb(action_type: str, fallback: str) -> str:
    """Short, for a title that goes on with the person's name."""
    return _ACTIONS[action_type][1]() if action_type in _ACTIONS else fallback


def action_icon(action_type: str) -> str:
    return _ACTIONS[action_type][2] if action_type in _ACTIONS else "send"
