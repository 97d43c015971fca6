"""The page where a person sets how the console behaves for them."""

from dataclasses import dataclass

from console.pictures import pieces
from console.pictures.pieces import Banner


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One question with its answers; `few` are drawn side by side, others as a list to choose from."""

    name: str
    label: str
    hint: str
    options: tuple[Option, ...]
    few: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesPage:
    """`zones` are offered while typing; any zone of the tz database is taken."""

    groups: tuple[Group, ...]
    zone: str
    zone_hint: str
    zone_error: str
    zones: tuple[str, ...]
    banner: Banner | None = None
    away: "AwayCard | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayCard:
    """Who stands in while this person is away. `text` says that they are."""

    action: str
    text: str = ""
    people: tuple[pieces.Option, ...] = ()
    until: str = ""  # as a field of a form takes it
    earliest: str = ""
    error: str = ""
