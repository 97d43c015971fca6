"""Ask now: the button of a missing field, and what became of asking."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from console.builders.look import Look
from console.pictures.intake import AskNow
from console.pictures.live import EventRow
from console.pictures.pieces import Tone
from console.words import minding as words
from runs.releases import Objective
from voice import asking
from voice.models import Call, Command

_OPEN = ("pending", "sent")
_STATES: dict[str, tuple[Callable[[], str], str, Tone]] = {
    "pending": (lambda: _("Asked for"), "message-square", "neutral"),
    "sent": (lambda: _("Sent, not yet taken"), "send", "neutral"),
    "done": (lambda: _("The agent asks for it next"), "circle-check", "neutral"),
    "refused": (lambda: _("Failed"), "circle-x", "bad"),
}


def of_field(key: str, given: Iterable[Command], call: Call, look: Look) -> AskNow | None:
    """Of a field that is missing in a live call; None where there is nothing to press and nothing to say."""
    every = list(given)
    last = asking.newest(every).get(key)
    may = look.whispers and (last is None or last.state not in _OPEN)
    if last is None and not may:
        return None
    return AskNow(
        words=_said(last) if last is not None else "",
        tone="bad" if last is not None and last.state == "refused" else "neutral",
        action=look.href("call-mind", call.public_id) if may else "",
        tries=asking.tries(every, key),
    )


def wanted(given: Iterable[Command], missing: Iterable[str]) -> str:
    """The missing field that the agent was told last to ask for; empty where nobody told it."""
    done = [one for one in asking.newest(given).values() if one.state == "done"]
    still = [one for one in done if one.arguments.get("field") in set(missing)]
    return str(still[-1].arguments["field"]) if still else ""


def command_row(command: Command, objective: Objective, order: str, clock: str) -> EventRow:
    """Asking as a quiet line between the turns."""
    state, icon, tone = _STATES.get(command.state, _STATES["pending"])
    arguments: Mapping[str, str] = command.arguments
    labels = {one.key: one.label for one in objective.fields}
    field = arguments.get("field", "")
    told = {"name": arguments.get("name", ""), "field": labels.get(field, field)}
    return EventRow(
        key=f"command-{command.id.hex}",
        order=order,
        title=_("%(name)s wants “%(field)s” asked") % told,
        text=_reason(state(), command),
        icon=icon,
        tone=tone,
        clock=clock,
    )


def _said(command: Command) -> str:
    state = _reason(_STATES.get(command.state, _STATES["pending"])[0](), command)
    return _("%(state)s (%(name)s)") % {"state": state, "name": command.arguments.get("name", "")}


def _reason(state: str, command: Command) -> str:
    if command.state != "refused" or not command.answer:
        return state
    return _("%(state)s: %(why)s") % {"state": state, "why": words.answer(command.answer)}
