"""Words of the quiet lines between the turns: one sentence for each kind of ledger line that is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.pictures.pieces import Tone
from console.words import calls, gate, minding, tools
from runs.releases import Objective

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What an event line shows."""

    title: str
    text: str
    icon: str
    tone: Tone = "neutral"


def said(kind: str, body: Body, objective: Objective) -> Said | None:
    """The words of a line, or None where a line of this kind is not shown between turns."""
    make = _LINES.get(kind)
    return make(body, objective) if make else None


KINDS: frozenset[str]


def _plain(title: str, text: str, icon: str, tone: Tone = "neutral") -> Said:
    return Said(title, text, icon, tone)


def _silence(body: Body, objective: Objective) -> Said:
    seconds = int(body.get("seconds") or 0)
    text = ngettext("Nobody spoke for %(n)d s", "Nobody spoke for %(n)d s", seconds) % {
        "n": seconds
    }
    return Said(_("Silence"), text, "hourglass")


def _gap(body: Body, objective: Objective) -> Said:
    seconds = int(float(body.get("seconds") or 0))
    text = ngettext(
        "%(n)d s of the call may be missing here",
        "%(n)d s of the call may be missing here",
        seconds,
    ) % {"n": seconds}
    return Said(_("Gap"), text, "unplug", "warn")


def _keypad(body: Body, objective: Objective) -> Said:
    count = int(body.get("count") or 0)
    text = ngettext("%(n)d key pressed", "%(n)d keys pressed", count) % {"n": count}
    return Said(_("Keypad"), text, "grip")


def _collected(body: Body, objective: Objective) -> Said:
    count = int(body.get("count") or 0)
    field = str(body.get("field", ""))
    label = next((one.label for one in objective.fields if one.key == field), field)
    text = ngettext(
        "%(n)d digit typed for %(field)s", "%(n)d digits typed for %(field)s", count
    ) % {"n": count, "field": label}
    return Said(_("Keypad"), text, "grip", "neutral" if body.get("state") == "complete" else "warn")


def _cut(body: Body, objective: Objective) -> Said:
    seconds = f"{int(body.get('at_ms') or 0) / 1000:.1f}"
    text = _("Caller interrupted the agent after %(seconds)s s") % {"seconds": seconds}
    return Said(_("Barge-in"), text, "hand")


def _escalation(body: Body, objective: Objective) -> Said:
    trigger = str(body.get("trigger", ""))
    label = calls.trigger_label(trigger, objective)
    if trigger.startswith("disallowed:"):
        return Said(_("Limit"), label, "ban", "bad")
    return Said(
        _("Escalation"), _("Trigger “%(label)s” matched") % {"label": label}, "shield-alert", "bad"
    )


def _tool(body: Body, objective: Objective) -> Said | None:
    name = str(body.get("tool", ""))
    if name == "record_field" and "code" not in body:
        return None  # the marked words and the record say it
    title = tools.title(name)
    state = str(body.get("state", ""))
    if "code" in body:
        text = _("%(tool)s was refused: %(code)s") % {
            "tool": title,
            "code": gate.entry_reason(str(body["code"])),
        }
        return Said(_("Tool"), text, "ban", "warn")
    endings: dict[str, tuple[str, str, Tone]] = {
        "": (_("%(tool)s was asked for"), "loader-circle", "neutral"),
        "done": (_("%(tool)s answered"), "zap", "neutral"),
        "waiting": (_("%(tool)s waits for a person"), "user-check", "warn"),
        "pending_approval": (_("%(tool)s waits for a person"), "user-check", "warn"),
        "denied": (_("%(tool)s was refused"), "ban", "warn"),
        "failed": (_("%(tool)s failed"), "circle-x", "bad"),
    }
    words, icon, tone = endings.get(state, endings["done"])
    return Said(_("Tool"), words % {"tool": title}, icon, tone)


def _flag(code: str, objective: Objective) -> str:
    known = minding.FLAGS.get(code)
    return known() if known else calls.attention(code, objective).text


def _handoff(body: Body, objective: Objective) -> Said:
    return Said(_("Handoff"), _("The agent asked for a person"), "headphones", "warn")


_LINES: dict[str, Callable[[Body, Objective], Said | None]] = {
    "call.answered": lambda b, o: _plain(_("Answered"), "", "phone"),
    "call.ended": lambda b, o: _plain(
        _("Call over"), calls.end_reason(str(b.get("reason", ""))), "phone-off"
    ),
    "call.missed": lambda b, o: _plain(
        _("Missed"), calls.end_reason(str(b.get("reason", ""))), "phone-missed", "warn"
    ),
    "call.flagged": lambda b, o: _plain(
        _("Flagged"), _flag(str(b.get("code", "")), o), "triangle-alert", "warn"
    ),
    "call.unflagged": lambda b, o: _plain(
        _("Flag taken down"), _flag(str(b.get("code", "")), o), "circle-check"
    ),
    "call.claimed": lambda b, o: _plain(
        _("Claimed"), _("%(name)s has this call") % {"name": b.get("name", "")}, "user-check"
    ),
    "call.assigned": lambda b, o: _plain(
        _("Given"), _("%(name)s has this call") % {"name": b.get("name", "")}, "users"
    ),
    "call.released": lambda b, o: _plain(
        _("Released"), _("%(name)s let go of this call") % {"name": b.get("name", "")}, "user"
    ),
    "sideband.lost": lambda b, o: _plain(
        _("Connection"), _("The line could not be observed for a while"), "unplug", "warn"
    ),
    "sideband.taken_over": lambda b, o: _plain(
        _("Connection"), _("Another process took over the observation"), "repeat"
    ),
    "gap.noted": _gap,
    "silence.noted": _silence,
    "noise.noted": lambda b, o: _plain(
        _("Noise"), _("Background noise, nothing could be understood"), "volume-2"
    ),
    "keypad.pressed": _keypad,
    "keypad.collected": _collected,
    "turn.cut": _cut,
    "escalation.raised": _escalation,
    "escalation.handled": lambda b, o: _plain(
        _("Escalation"),
        _("“%(label)s” was taken care of")
        % {"label": calls.trigger_label(str(b.get("trigger", "")), o)},
        "circle-check",
    ),
    "handoff.requested": _handoff,
    "tool.called": _tool,
    "tool.answered": _tool,
    "tool.denied": _tool,
}
# A command is one row, drawn from its own row in the database.
KINDS = frozenset(_LINES) | {
    *("command.given", "command.sent", "command.accepted", "command.doubted", "command.done")
}
