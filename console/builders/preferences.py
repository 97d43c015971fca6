"""A person's preferences as a page: what is chosen, or what was sent and could not be kept."""

from collections.abc import Mapping
from dataclasses import asdict

from django.conf import settings
from django.utils.translation import gettext as _

from console.builders.look import Look
from console.pictures.pieces import Banner
from console.pictures.preferences import AwayCard, Choice, Group, Option, PreferencesPage
from console.words import preferences as words
from runs import preferences
from runs.models import User

_FEW = 3
_ZONES = (
    *("Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "America/Bogota"),
    *("America/Chicago", "America/Denver", "America/Los_Angeles", "America/Mexico_City"),
    *("America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Jakarta"),
    *("Asia/Kolkata", "Asia/Manila", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore"),
    *("Asia/Tokyo", "Australia/Sydney", "Etc/UTC", "Europe/Amsterdam", "Europe/Berlin"),
    *("Europe/Dublin", "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Madrid"),
    *("Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm"),
    *("Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland"),
)


def page(
    user: User,
    look: Look,
    *,
    sent: Mapping[str, str] | None = None,
    wrong: str = "",
    saved: bool = False,
    away: AwayCard | None = None,
) -> PreferencesPage:
    """`sent` is a form that was refused because of the field `wrong`: nothing of it is lost."""
    chosen = dict(sent) if sent is not None else _stored(user)
    looks = ("theme", "density")
    work = ("hold", "follow", "shortcuts")
    heard = ("announce", "sounds")
    language = Choice(
        name="language",
        label=_("Language"),
        hint="",
        options=_options(list(settings.LANGUAGES), chosen.get("language", "")),
    )
    return PreferencesPage(
        groups=(
            Group(title=_("Look"), choices=tuple(_choice(one, chosen) for one in looks)),
            Group(title=_("Language and time"), choices=(language, _choice("hours", chosen))),
            Group(title=_("Work"), choices=tuple(_choice(one, chosen) for one in work)),
            Group(
                title=_("What is read aloud"), choices=tuple(_choice(one, chosen) for one in heard)
            ),
        ),
        zone=chosen.get("zone", "")[:64],
        zone_hint=words.zone_hint(look.workspace.zone),
        zone_error=words.zone_error() if wrong == "zone" else "",
        zones=_ZONES,
        banner=_banner(wrong, saved),
        away=away,
    )


def _stored(user: User) -> dict[str, str]:
    zone = "" if user.zone == "UTC" else user.zone
    return {**asdict(preferences.of(user)), "language": user.locale, "zone": zone}


def _choice(name: str, chosen: Mapping[str, str]) -> Choice:
    question = words.question(name)
    return Choice(
        name=name,
        label=question.label,
        hint=question.hint,
        options=_options(list(question.answers), chosen.get(name, "")),
        few=len(question.answers) <= _FEW,
    )


def _options(answers: list[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(
        Option(value=value, text=str(text), chosen=value == chosen) for value, text in answers
    )


def _banner(wrong: str, saved: bool) -> Banner | None:
    if wrong:
        text = _("Mend what is marked and save again.") if wrong == "zone" else ""
        return Banner(tone="bad", icon="circle-x", title=_("Not saved."), text=text)
    return Banner(tone="ok", icon="circle-check", title=_("Saved.")) if saved else None
