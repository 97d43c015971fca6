"""The frame around every screen."""

from dataclasses import dataclass, field
from datetime import datetime

from console.pictures.pieces import Avatar, Link, Tone
from runs.preferences import Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One item of the rail. `badge_words` is the count for people who hear it."""

    key: str  # live, approvals, calls, runs, outbox
    text: str
    href: str
    icon: str
    badge: int = 0
    badge_words: str = ""
    badge_tone: Tone = "neutral"
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGroup:
    """Pages of settings that belong together."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Workspace, person, clock and rail. The CSRF token comes from the request itself."""

    title: str  # of the browser tab, without the product's name
    workspace_name: str
    workspace_slug: str
    workspace_initial: str
    person: Avatar
    person_roles: str  # "Support lead"
    person_email: str
    zone: str  # "GMT", as in the top bar
    clock: str  # "14:12"
    now: datetime  # the server's clock, for timers in the browser
    nav: tuple[NavItem, ...]
    test_line: bool = False
    workspaces: tuple[Link, ...] = ()  # the others this person may enter
    person_key: str = ""
    socket_path: str = ""  # "/ws/northwind/live/"; empty: the page is not live
    logout_href: str = ""
    search_href: str = ""
    notices_href: str = ""
    notices_count: int = 0
    notices_words: str = ""  # "3 notices"
    notices_after: int = 0  # the version of that count
    search_text: str = ""
    preferences_href: str = ""
    settings: tuple[NavGroup, ...] = ()  # beside every page of settings, nowhere else
    zone_shift: int = 0  # seconds ahead of UTC, for clocks in the browser
    wishes: Preferences = field(default_factory=Preferences)
    refresh_seconds: int = 0  # only for pages that are live and have no JavaScript
