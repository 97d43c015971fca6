"""Words of calls: states of the line, why a call needs somebody, how it ended, how sure a value is."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from console.pictures.pieces import Tone, VoiceState
from console.pictures.wall import Reason
from runs.releases import Objective

Words = Callable[[], str]

_VOICE: dict[str, tuple[Words, Tone, str, bool]] = {
    "ringing": (lambda: _("Ringing"), "neutral", "phone-incoming", False),
    "connecting": (lambda: _("Connecting"), "neutral", "phone-call", False),
    "listening": (lambda: _("Waiting for caller"), "neutral", "ear", False),
    "caller_speaking": (lambda: _("Caller speaking"), "neutral", "ear", True),
    "agent_speaking": (lambda: _("Agent speaking"), "agent", "bot", True),
    "thinking": (lambda: _("Agent thinking"), "agent", "loader-circle", False),
    "interrupted": (lambda: _("Interrupted"), "neutral", "hand", False),
    "silent": (lambda: _("Silent"), "warn", "hourglass", False),
    "noisy": (lambda: _("Noisy line"), "neutral", "volume-2", False),
    "unobserved": (lambda: _("Line not observed"), "warn", "unplug", False),
    "keypad": (lambda: _("Keypad"), "neutral", "grip", False),
    "tool": (lambda: _("Looking something up"), "neutral", "loader-circle", False),
    "on_hold": (lambda: _("On hold"), "neutral", "pause", False),
    "ended": (lambda: _("Ended"), "neutral", "phone-off", False),
}

_ENDS: dict[str, Words] = {
    "caller_hung_up": lambda: _("Ended by caller"),
    "agent_ended": lambda: _("Ended by agent"),
    "operator_ended": lambda: _("Ended by operator"),
    "transferred": lambda: _("Handed over, not confirmed by the other side"),
    "left_after_transfer": lambda: _("The line left after a transfer whose outcome is not known"),
    "caller_gone": lambda: _("Caller gone before the answer"),
    "caller_declined": lambda: _("Caller did not want to go on"),
    "session_limit": lambda: _("Reached the longest length"),
    "ended_unobserved": lambda: _("Ended while nobody could observe it"),
    "number_unknown": lambda: _("No workflow answers this number"),
    "session_expired": lambda: _("Reached the longest length"),
    "configuration": lambda: _("Could not be answered: configuration"),
    "lost": lambda: _("Connection lost"),
    "unobserved": lambda: _("Ended unobserved"),
    "no_workflow": lambda: _("No workflow answers this number"),
    "not_answered": lambda: _("Not answered"),
    "nobody_spoke": lambda: _("Nobody spoke"),
    "provider_unreachable": lambda: _("The voice provider could not be reached"),
    "attach_failed": lambda: _("The line could not be observed"),
}

_ATTENTION: dict[str, tuple[Words, Tone, str]] = {
    "handoff": (lambda: _("Asks for a person"), "bad", "headphones"),
    "handoff_requested": (lambda: _("Asks for a person"), "bad", "headphones"),
    "caller_silent": (lambda: _("Caller silent"), "warn", "hourglass"),
    "silence": (lambda: _("Caller silent"), "warn", "hourglass"),
    "number_unknown": (lambda: _("The number called has no workflow"), "warn", "triangle-alert"),
    "uid_repeated": (lambda: _("This call's id was used before"), "warn", "triangle-alert"),
    "silent": (lambda: _("Caller silent"), "warn", "hourglass"),
    "noisy": (lambda: _("Noisy line"), "warn", "volume-2"),
    "unobserved": (lambda: _("The line cannot be observed"), "warn", "unplug"),
    "gap": (lambda: _("Part of the call is missing"), "warn", "unplug"),
    "model_failed": (lambda: _("The agent could not answer"), "warn", "triangle-alert"),
    "transfer_silent": (lambda: _("Transfer: nothing happened"), "bad", "phone-forwarded"),
    "transfer_unknown": (lambda: _("Transfer: outcome not known"), "bad", "phone-forwarded"),
    "transfer_refused": (lambda: _("Transfer refused"), "bad", "phone-forwarded"),
    "propose_failed": (lambda: _("A change could not be proposed"), "warn", "triangle-alert"),
}

GRADES: dict[str, Words] = {
    "read_back": lambda: _("Read back"),
    "stated": lambda: _("Stated"),
    "inferred": lambda: _("Inferred"),
    "system": lambda: _("From another system"),
    "unverified": lambda: _("Quote not found yet"),
}

_RESULTS: dict[str, Words] = {
    "send_followup": lambda: _("Send a follow-up"),
    "schedule_call": lambda: _("Schedule a call"),
    "human_review": lambda: _("A person looks at it"),
    "none": lambda: _("Nothing"),
}

_VERDICTS: dict[str, Words] = {
    "qualified": lambda: pgettext("verdict", "Qualified"),
    "unqualified": lambda: pgettext("verdict", "Not qualified"),
    "no_answer": lambda: pgettext("verdict", "No answer"),
}


def voice_state(code: str, *, ended: str = "") -> VoiceState:
    """What the line does now. `ended` is how it ended, where it did."""
    if ended:
        return VoiceState(key="ended", text=end_reason(ended), icon="phone-off")
    words, tone, icon, speaking = _VOICE.get(code, _VOICE["connecting"])
    return VoiceState(key=code, text=words(), tone=tone, icon=icon, speaking=speaking)


def end_reason(code: str) -> str:
    return _ENDS[code]() if code in _ENDS else (_spelled(code) or _("Ended"))


def attention(code: str, objective: Objective) -> Reason:
    """Why a call needs somebody: a trigger's own label, or words of the house."""
    trigger = next((one for one in objective.triggers if one.key == code), None)
    if trigger is not None:
        severe = trigger.severity == "trigger"
        return Reason(text=trigger.label, tone="bad" if severe else "warn")
    if code.startswith("disallowed:"):
        return Reason(text=disallowed(code, objective))
    if code in _ATTENTION:
        words, tone, icon = _ATTENTION[code]
        return Reason(text=words(), tone=tone, icon=icon)
    return Reason(text=_spelled(code), tone="warn", icon="triangle-alert")


def disallowed(code: str, objective: Objective) -> str:
    """The agent said what it may not: the topic's label."""
    key = code.removeprefix("disallowed:")
    label = next((topic.label for topic in objective.disallowed if topic.key == key), key)
    return _("Agent may not: %(topic)s") % {"topic": label}


def trigger_label(code: str, objective: Objective) -> str:
    if code.startswith("disallowed:"):
        return disallowed(code, objective)
    label = next((one.label for one in objective.triggers if one.key == code), "")
    return label or (_ATTENTION[code][0]() if code in _ATTENTION else _spelled(code))


def grade(code: str) -> str:
    return GRADES[code]() if code in GRADES else ""


def next_action(code: str) -> str:
    return _RESULTS[code]() if code in _RESULTS else _spelled(code)


def verdict(code: str) -> str:
    return _VERDICTS[code]() if code in _VERDICTS else _spelled(code)


def _spelled(code: str) -> str:
    """A code that has no words yet, readable at least: "no_answer" is "No answer"."""
    return code.replace("_", " ").replace(":", ": ").capitalize()
