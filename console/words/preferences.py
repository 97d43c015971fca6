"""The questions of the preferences page and their answers, in words."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class Question:
    """`answers` are (value, words) in the order of the page."""

    label: str
    hint: str
    answers: tuple[tuple[str, str], ...]


def question(name: str) -> Question:
    return _QUESTIONS[name]()


def _theme() -> Question:
    answers = (("", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
    return Question(_("Theme"), "", answers)


def _density() -> Question:
    answers = (("compact", _("Compact")), ("comfortable", _("Comfortable")))
    return Question(_("Density"), _("Comfortable rows are taller."), answers)


def _hours() -> Question:
    answers = (("24", "14:05"), ("12", "2:05 PM"))
    return Question(_("Clock"), "", answers)


def _hold() -> Question:
    answers = (
        ("", _("As the workspace")),
        *((str(n), ngettext("%(n)d s", "%(n)d s", n) % {"n": n}) for n in (10, 30, 60)),
        ("300", ngettext("%(n)d min", "%(n)d min", 5) % {"n": 5}),
    )
    hint = _(
        "How long what you approve waits before it is sent, so that you can undo it. "
        "The workspace or the action may ask for longer."
    )
    return Question(_("Time to undo"), hint, answers)


def _announce() -> Question:
    answers = (
        ("all", _("Everything new")),
        ("triggers", _("Escalations only")),
        ("off", _("Nothing")),
    )
    return Question(_("Read aloud by a screen reader"), "", answers)


def _sounds() -> Question:
    answers = (("off", _("Off")), ("on", _("On an escalation")))
    return Question(_("Sound"), _("A short tone when a call needs a person."), answers)


def _shortcuts() -> Question:
    answers = (("on", _("On")), ("off", _("Off")))
    return Question(
        _("Single-key shortcuts"),
        _("Off leaves the command menu on Ctrl+K and Esc in place."),
        answers,
    )


def _follow() -> Question:
    answers = (("on", _("At its newest line")), ("off", _("At its first line")))
    return Question(_("A live transcript opens"), "", answers)


_QUESTIONS: dict[str, Callable[[], Question]] = {
    "theme": _theme,
    "density": _density,
    "hours": _hours,
    "hold": _hold,
    "announce": _announce,
    "sounds": _sounds,
    "shortcuts": _shortcuts,
    "follow": _follow,
}


def zone_hint(workspace_zone: str) -> str:
    return _("Empty: the zone of the workspace, %(zone)s.") % {"zone": workspace_zone}


def zone_error() -> str:
    return _("No such zone. Write it as Europe/Berlin or America/New_York.")
