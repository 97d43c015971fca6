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
    OutboxState.RECONCILE: (lambda: _("In doubt: looked up"), "warn", "search"),
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
    "key_forgotten": lambda: _("The receiver may have forgotten the key."),
    "timeout": lambda: _("No answer in time."),
    "deadline": lambda: _("No answer in time."),
    "lease_lost": lambda: _("The worker ended while it was at this."),
    "database_away": lambda: _("Our database was away."),
    "unreachable": lambda: _("The receiver could not be reached."),
    "connection_lost": lambda: _("The connection ended before the answer."),
    "bad_address": lambda: _("The receiver's address is not valid."),
    "address_refused": lambda: _("The receiver's address is not a public one. Nothing was sent."),
    "bad_mail_address": lambda: _("One of the mail addresses cannot be used. Nothing was sent."),
    "not_encrypted": lambda: _("The mail server offers no encryption. Nothing was sent."),
    "sign_in_refused": lambda: _("The receiver did not accept our sign-in. Nothing was sent."),
    "in_progress": lambda: _("The receiver is still at it."),
    "key_reused": lambda: _("The receiver knows this key with another content."),
    "changed_meanwhile": lambda: _("The record changed at the same moment. It is read again."),
    "answer_not_understood": lambda: _("The receiver's answer could not be understood."),
    "request_not_understood": lambda: _("The request could not be made from its values. Not sent."),
    "request_altered": lambda: _("The frozen request does not match its digest. Not sent."),
    "earlier_failed": lambda: _("What had to be confirmed before it was not. Nothing was sent."),
    "absent": lambda: _("The receiver was asked and does not know it. Nothing had happened."),
    "internal_error": lambda: _("An error on our side."),
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
    "create_task": (lambda: _("Create task"), lambda: _("Create task"), "square-check-big"),
    "http_request": (lambda: _("Send HTTP request"), lambda: _("Send request"), "webhook"),
}


_ATTEMPTS: dict[str, tuple[Words, Tone, str]] = {
    "": (lambda: _("Under way"), "neutral", "loader-circle"),
    "done": (lambda: pgettext("attempt", "Accepted"), "ok", "circle-check"),
    "proved": (lambda: _("Proved by the receiver"), "ok", "circle-check"),
    "absent": (lambda: _("Did not arrive"), "neutral", "circle-slash"),
    "no": (lambda: pgettext("attempt", "Refused"), "bad", "circle-x"),
    "not_sent": (lambda: _("Not sent"), "neutral", "circle-slash"),
    "not_accepted": (lambda: _("Not now"), "warn", "repeat"),
    "conflict": (lambda: pgettext("attempt", "Conflict"), "bad", "triangle-alert"),
    "ambiguous": (lambda: _("Nobody knows"), "bad", "circle-help"),
    "crashed": (lambda: _("The worker ended"), "bad", "circle-help"),
}

_PROOFS: dict[str, tuple[Words, Words, Tone, str]] = {
    "resolved": (
        lambda: _("Ended the doubt"),
        lambda: _("The receiver says that it happened."),
        "ok",
        "circle-check",
    ),
    "known": (
        lambda: _("Says the same"),
        lambda: _("The receiver says what the record says."),
        "neutral",
        "check",
    ),
    "contradicts": (
        lambda: _("Contradicts the record"),
        lambda: _("The receiver says otherwise than the record. The record stays; look into it."),
        "bad",
        "triangle-alert",
    ),
    "unmatched": (
        lambda: _("Belongs to nothing"),
        lambda: _("No effect has this key."),
        "warn",
        "circle-help",
    ),
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
        return _("The receiver answered %(status)s.") % {"status": code.removeprefix("status_")}
    return code.replace("_", " ").capitalize()


def attempt(verdict: str) -> Pill:
    words, tone, icon = _ATTEMPTS.get(verdict, _ATTEMPTS["ambiguous"])
    return Pill(text=words(), tone=tone, icon=icon)


def proof(verdict: str) -> tuple[Pill, str]:
    """The word and the sentence of what a receiver told later."""
    words, sentence, tone, icon = _PROOFS[verdict]
    return Pill(text=words(), tone=tone, icon=icon), sentence()


def action_title(action_type: str, fallback: str) -> str:
    return _ACTIONS[action_type][0]() if action_type in _ACTIONS else fallback


def action_verb(action_type: str, fallback: str) -> str:
    """Short, for a title that goes on with the person's name."""
    return _ACTIONS[action_type][1]() if action_type in _ACTIONS else fallback


def action_icon(action_type: str) -> str:
    return _ACTIONS[action_type][2] if action_type in _ACTIONS else "send"
