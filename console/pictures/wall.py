"""All live calls at a glance."""

from dataclasses import dataclass, field
from typing import Literal

from console.pictures.lists import KeptViews
from console.pictures.pieces import (
    Avatar,
    Banner,
    Empty,
    Handle,
    Link,
    Option,
    Segments,
    Stat,
    Timer,
    Tone,
    Topic,
    VoiceState,
    When,
)

Group = Literal["attention", "progress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a call needs attention: red for a trigger, amber for a threshold."""

    text: str
    tone: Tone = "bad"
    icon: str = "shield-alert"
    quote: str = ""  # the words that caused it
    label: str = ""  # without the time, where there is little room

    @property
    def short(self) -> str:
        return self.label or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One live call, on the wall and in the list beside a call.

    `order` is when the call began (sortable text): tiles are never re-sorted while live.
    """

    key: str  # the call's public id
    order: str
    group: Group
    href: str
    name: str
    workflow: str
    handle: Handle
    timer: Timer
    state: VoiceState
    segments: Segments
    last_line: str = ""
    reason: Reason | None = None
    watchers: tuple[Avatar, ...] = ()
    watching_words: str = ""  # "Watching: Lena Fischer, Olive Brandt"
    agent: str = ""  # the workflow's name: what the filter compares
    mood: str = ""  # speaking, waiting, silent, trouble: what the filter compares
    claimed_by: str = ""  # the person's id
    claimed_text: str = ""  # "Olive Brandt has it"
    flags: tuple[str, ...] = ()  # "Caller upset, Lena Fischer"
    ended: bool = False
    current: bool = False  # the call that the page shows


@dataclass(frozen=True, slots=True, kw_only=True)
class WallMetrics:
    """The five cells above the wall. `value` is big, `note` small beside it."""

    cells: tuple[Stat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGroup:
    key: Group
    title: str
    tiles: tuple[Tile, ...] = ()

    @property
    def count(self) -> int:
        return len(self.tiles)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallFilter:
    """What the address narrows the wall to; "" is everything. `mine` is the person's id."""

    state: str = ""
    agent: str = ""
    attention: bool = False
    mine: str = ""
    states: tuple[Option, ...] = ()
    agents: tuple[Option, ...] = ()
    action: str = ""
    clear_href: str = ""  # empty while nothing is narrowed
    count: int = 0  # how many of them are on
    count_words: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    metrics: WallMetrics
    attention: TileGroup
    progress: TileGroup
    topic: Topic
    as_of: When
    view: Literal["wall", "list"] = "wall"
    views: tuple[Link, ...] = ()  # the Wall / List switch
    filter: WallFilter = field(default_factory=lambda: WallFilter())
    kept: KeptViews | None = None  # this person's own views and the shared ones
    count_text: str = ""  # "40 of 100 calls"
    banner: Banner | None = None
    stops: tuple[Banner, ...] = ()  # why effects do not leave
    empty: Empty | None = None  # set when both groups are empty
    more: Link | None = None  # past the first 40 tiles
    paged: bool = False  # it is not all: what comes and needs nobody is on another page
    groups: tuple[TileGroup, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", (self.attention, self.progress))
