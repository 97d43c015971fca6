"""Words around a live call: why it is flagged, why it is ended, what became of a command."""

from collections.abc import Callable

from django.utils.translation import gettext as _

Words = Callable[[], str]

FLAGS: dict[str, Words] = {
    "caller_upset": lambda: _("Caller upset"),
    "wrong_information": lambda: _("Agent said something wrong"),
    "check_afterwards": lambda: _("Check after the call"),
    "technical": lambda: _("Technical trouble"),
    "other": lambda: _("Other, see the note"),
}

END_REASONS: dict[str, Words] = {
    "caller_asked": lambda: _("The caller asked for it"),
    "abuse": lambda: _("Abuse"),
    "wrong_number": lambda: _("Wrong number"),
    "agent_stuck": lambda: _("The agent does not get on"),
    "test": lambda: _("Test call"),
}

_ANSWERS: dict[str, Words] = {
    "provider_refused": lambda: _("the provider refused it"),
    "line_not_reached": lambda: _("the line could not be reached"),
    "call_over": lambda: _("the call was over first"),
    "call_id_not_found": lambda: _("the provider does not know this call any more"),
    "unknown_destination": lambda: _("the workflow has no such destination"),
}

_TRANSFERS: dict[str, Words] = {
    "pending": lambda: _("Asked for. The agent ends its sentence first."),
    "sent": lambda: _("Sent to the provider, which has not answered yet."),
    "accepted": lambda: _("The provider accepted it. Nothing of it has been seen yet."),
    "done": lambda: _("The line left: handed over, not confirmed by the other side."),
}
_IN_DOUBT: dict[str, Words] = {
    "nothing_happened": lambda: _("The provider took the transfer and nothing happened."),
    "owner_lost": lambda: _("Not known whether it was sent: the process that did so was lost."),
    "left_unanswered": lambda: _("The line left before the provider answered."),
    "ended_first": lambda: _("The call was ended before anything was seen of it."),
}


def flag(code: str) -> str:
    return FLAGS[code]() if code in FLAGS else code.replace("_", " ").capitalize()


def end_reason(code: str) -> str:
    return END_REASONS[code]() if code in END_REASONS else ""


def transfer(state: str, code: str) -> str:
    """How far a transfer is. Only what was seen is said; what nobody told stays open."""
    if state == "refused":
        return _("Not handed over: %(why)s.") % {"why": answer(code)}
    if state == "unknown":
        unanswered = _("Not known whether it was handed over: the provider did not answer.")
        return _IN_DOUBT[code]() if code in _IN_DOUBT else unanswered
    return _TRANSFERS[state]()


def answer(code: str) -> str:
    return _ANSWERS[code]() if code in _ANSWERS else code
