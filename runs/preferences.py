"""What a person set for themselves: kept with the person, the same in every workspace."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from runs import audit
from runs.errors import Invalid
from runs.models import User
from runs.people import Actor

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("", "light", "dark"),
    "density": ("compact", "comfortable"),
    "hours": ("24", "12"),
    "hold": ("", "10", "30", "60", "300"),
    "announce": ("all", "triggers", "off"),
    "sounds": ("off", "on"),
    "shortcuts": ("on", "off"),
    "follow": ("on", "off"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Each value is one of CHOICES; `hold` is in seconds, empty for the workspace's own."""

    theme: str = ""
    density: str = "compact"
    hours: str = "24"
    hold: str = ""
    announce: str = "all"
    sounds: str = "off"
    shortcuts: str = "on"
    follow: str = "on"

    @property
    def hold_seconds(self) -> int:
        return int(self.hold or 0)


def of(user: User) -> Preferences:
    """What is stored and still a choice; the default for all else."""
    stored = user.preferences if isinstance(user.preferences, dict) else {}
    known = {
        one.name: stored[one.name]
        for one in fields(Preferences)
        if stored.get(one.name) in CHOICES[one.name]
    }
    return Preferences(**known)


def hold_seconds(user_id: Any) -> int:
    """How long this person wants their approvals to wait; nothing for who is no person."""
    user = User.objects.filter(id=user_id).only("preferences").first() if user_id else None
    return of(user).hold_seconds if user else 0


def save(
    user: User,
    /,
    values: Mapping[str, str],
    *,
    language: str,
    zone: str,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Store all of them and return the names of what changed. Raise Invalid("unknown_choice", field=…)."""
    for name, allowed in CHOICES.items():
        if values.get(name, "") not in allowed:
            raise Invalid("unknown_choice", field=name)
    if zone and zone not in zoneinfo.available_timezones():
        raise Invalid("unknown_zone", field="zone")
    chosen = Preferences(**{name: values.get(name, "") for name in CHOICES})
    before, after = _all(user), {**asdict(chosen), "language": language, "zone": zone or "UTC"}
    changed = sorted(name for name in after if after[name] != before[name])
    user.preferences = {**(user.preferences or {}), **asdict(chosen), "language": language}
    user.locale, user.zone = language, zone or "UTC"
    user.save(update_fields=["preferences", "locale", "zone"])
    if changed:
        audit.record(
            "preferences.changed", by.id, by=by, at=at, changed=changed, was=before, became=after
        )
    return changed


def learn_language(user: User, language: str) -> None:
    """What the browser asked for at sign-in, unless the person chose."""
    if (user.preferences or {}).get("language") or user.locale == language:
        return
    user.locale = language
    user.save(update_fields=["locale"])


def _all(user: User) -> dict[str, str]:
    return {**asdict(of(user)), "language": user.locale, "zone": user.zone}
