"""The page of connections: other systems, and their secrets without the secrets."""

from dataclasses import dataclass

from console.pictures.pieces import Banner, Option, Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRow:
    """One secret of a connection. What it is nobody reads again; only who set it when."""

    column: str
    label: str
    text: str  # "Set 12 Nov 2026 09:14 by Adam Reyes"
    shown: str  # when the one was set that stands here: a form is about that one
    overlaps: tuple[Option, ...] = ()  # empty: nobody signs with it
    overlap_text: str = ""  # not empty: the one before still counts
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    key: str
    name: str
    kind: str
    address: str
    used_text: str
    secrets: tuple[SecretRow, ...]
    rotate_action: str
    test_action: str
    end_action: str
    result: Pill | None = None  # what the test has shown just now


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsPage:
    rows: tuple[ConnectionRow, ...]
    banner: Banner | None = None
