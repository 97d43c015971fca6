"""Words of what was changed: one title for each kind of ledger line that changes something."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from console.pictures.pieces import Tone
from console.words import calls, minding

Words = Callable[[], str]

_TITLES: dict[str, tuple[Words, str, Tone]] = {
    "field.captured": (lambda: _("Field captured"), "circle-check", "neutral"),
    "field.corrected": (lambda: _("Field corrected or confirmed"), "pencil", "info"),
    "summary.drafted": (lambda: _("Summary drafted"), "bot", "agent"),
    "summary.edited": (lambda: _("Summary edited"), "pencil", "info"),
    "summary.approved": (lambda: _("Summary approved"), "check", "ok"),
    "outcome.captured": (lambda: _("Outcome recorded"), "file-text", "neutral"),
    "verdict.given": (lambda: _("Verdict given"), "gauge", "neutral"),
    "turn.redacted": (lambda: _("Words redacted"), "eye-off", "neutral"),
    "proposal.made": (lambda: _("Change proposed"), "package-check", "agent"),
    "proposal.edited": (lambda: _("Proposal edited"), "pencil", "info"),
    "proposal.approved": (lambda: _("Proposal approved"), "check", "ok"),
    "proposal.endorsed": (lambda: _("One yes of several"), "user-check", "info"),
    "proposal.retracted": (lambda: _("One yes taken back"), "undo-2", "warn"),
    "proposal.rejected": (lambda: _("Proposal rejected"), "x", "bad"),
    "proposal.undone": (lambda: _("Approval undone"), "undo-2", "warn"),
    "proposal.expired": (lambda: _("Proposal expired"), "clock", "warn"),
    "outbox.confirmed": (lambda: _("Effect confirmed"), "circle-check", "ok"),
    "outbox.failed": (lambda: _("Effect failed"), "circle-x", "bad"),
    "outbox.doubted": (lambda: _("Effect not known"), "circle-help", "warn"),
    "outbox.cancelled": (lambda: _("Effect cancelled"), "ban", "neutral"),
    "promise.matched": (lambda: _("Promise matched with effects"), "repeat", "neutral"),
    "promise.done": (lambda: _("Promise done by hand"), "user-check", "info"),
    "promise.withdrawn": (lambda: _("Promise withdrawn"), "ban", "neutral"),
    "promise.reopened": (lambda: _("Promise opened again"), "rotate-ccw", "warn"),
    "call.flagged": (lambda: _("Call flagged"), "triangle-alert", "warn"),
    "call.unflagged": (lambda: _("Flag taken down"), "circle-check", "neutral"),
    "call.claimed": (lambda: _("Call claimed"), "user-check", "info"),
    "call.assigned": (lambda: _("Call given to somebody"), "users", "info"),
    "call.released": (lambda: _("Call let go"), "user", "neutral"),
    "escalation.handled": (lambda: _("Escalation seen to"), "circle-check", "neutral"),
    "command.given": (lambda: _("Asked of the line"), "message-square", "info"),
}
KINDS = tuple(_TITLES)

_VERBS: dict[str, Words] = {
    "end": lambda: _("End the call"),
    "whisper": lambda: _("Whisper to the agent"),
    "transfer": lambda: _("Hand the call over"),
}


def said(kind: str) -> tuple[str, str, Tone]:
    words, icon, tone = _TITLES[kind]
    return words(), icon, tone


def details(kind: str, body: Mapping[str, Any]) -> str:
    """Which one: a version, an id, a reason."""
    if kind.startswith("summary."):
        return _("Version %(n)s") % {"n": body.get("version", "")}
    if kind == "verdict.given":
        return calls.verdict(str(body.get("verdict", "")))
    if kind == "command.given":
        verb = str(body.get("verb", ""))
        return _VERBS[verb]() if verb in _VERBS else verb
    if kind in ("call.flagged", "call.unflagged"):
        return minding.flag(str(body.get("code", "")))
    if kind.startswith("promise."):
        return str(body.get("backing") or "")
    return str(body.get("proposal") or body.get("action") or body.get("name") or "")
