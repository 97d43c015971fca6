"""The small pieces that several screens share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["neutral", "ok", "warn", "bad", "info", "agent"]
"""How loud a thing is: `ok` confirmed, `warn` needs a look, `bad` trigger or failure."""

Slot = Literal["captured", "unsure", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A moment as shown: `text` in the person's zone, `title` exact with UTC. See `times.when`."""

    at: datetime
    text: str
    title: str
    relative: bool = False  # the browser keeps the words of this one fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A running clock (mm:ss from answer). `running=False` freezes `text`."""

    started_at: datetime
    text: str
    running: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pill:
    """A status: always a word, with an icon or a dot. Never a button."""

    text: str
    tone: Tone = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A copyable id: `short` is seen, `full` is copied."""

    short: str
    full: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way on. With `method="post"` it is drawn as a form with one button."""

    text: str
    href: str
    icon: str = ""
    look: Literal["plain", "primary", "ok", "reject", "danger"] = "plain"
    method: Literal["get", "post"] = "get"
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a list: what is sent and what is read."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What happened, what it means, what to do. `text` and `reference` may be empty."""

    tone: Tone
    title: str
    text: str = ""
    icon: str = ""
    links: tuple[Link, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """An empty list says why it is empty and what will fill it."""

    title: str
    text: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """One piece per required field. `words` is the text version ("4 of 6 required fields")."""

    slots: tuple[Slot, ...]
    words: str

    @property
    def done(self) -> int:
        return sum(slot == "captured" for slot in self.slots)

    @property
    def total(self) -> int:
        return len(self.slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceState:
    """What the line is doing now, in the words of the house ("Agent speaking").

    `speaking` draws the four moving bars in the speaker's colour instead of the icon.
    """

    key: str
    text: str
    tone: Tone = "neutral"
    icon: str = "ear"
    speaking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    initials: str
    name: str
    key: str = ""  # the person's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """A label and its value; `also` holds more values under the same label."""

    label: str
    value: str
    tone: Tone = "neutral"
    icon: str = ""
    href: str = ""
    note: str = ""
    also: tuple["Stat", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a page subscribes to, and the last number its content already includes.

    Names: ``run:<run-id>`` (gapless numbers) and ``wall``, ``approvals``, ``outbox`` (versions).
    """

    name: str
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Keyset paging: the next page and the one before, never page numbers."""

    more_href: str = ""
    more_text: str = ""
    newer_href: str = ""
    newer_text: str = ""
    first_href: str = ""
