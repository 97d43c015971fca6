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
}


def flag(code: str) -> str:
    return FLAGS[code]() if code in FLAGS else code.replace("_", " ").capitalize()


def end_reason(code: str) -> str:
    return END_REASONS[code]() if code in END_REASONS else ""


def answer(code: str) -> str:
    return _ANSWERS[code]() if code in _ANSWERS else code
