"""The intake record: what is known about this call, what is missing, and by what proof."""

from dataclasses import dataclass
from typing import Literal

from console.pictures.pieces import Link, Option, Pill, Stat, Tone, When

FieldStatus = Literal["captured", "unsure", "missing", "optional", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldForm:
    """How a field is confirmed or corrected. `version` is the value that is shown (0: none)."""

    action: str
    version: int
    kind: str  # text, area, date, number, tel, email, choice
    value: str = ""
    options: tuple[Option, ...] = ()
    can_confirm: bool = False
    open: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskNow:
    """A person wants this to be the agent's next question: the button, and what became of the last try."""

    words: str = ""  # "The agent asks for it next, Olive Brandt wants it"
    tone: Tone = "neutral"
    action: str = ""  # empty: it cannot be asked for now
    tries: int = 0  # names the next try: whoever presses first, it is one


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field of the objective, in the objective's own order."""

    key: str
    order: str
    label: str
    status: FieldStatus
    status_words: str  # "Captured", "To confirm", "Missing"
    value: str = ""  # or the words for its absence: "Not captured yet"
    value_masked: bool = False
    quote: str = ""  # without quotation marks
    quote_clock: str = ""
    quote_href: str = ""  # "#turn-…" on this page, or the moment on another
    grade_words: str = ""  # "Read back", "Stated", "Inferred", "From the CRM"
    note: str = ""  # "Low confidence 0.71, noise", "Agent will ask next"
    fresh: bool = False  # just captured: fades once
    links: tuple[Link, ...] = ()  # only verbs that exist
    form: FieldForm | None = None  # for who may correct it
    edited_text: str = ""  # "Edited by Lena Fischer"
    ask: AskNow | None = None  # while it is missing in a live call


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeStatus:
    """The pill in the panel's head: "1 missing, 1 to confirm" or "All required fields captured"."""

    pill: Pill
    open_count: int = 0
    open_words: str = ""  # short form for the tab on phones: "2 open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    status: IntakeStatus
    fields: tuple[FieldRow, ...]
    title: str = ""  # empty: "Intake record"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerCard:
    """Who this is, as far as the systems know."""

    rows: tuple[Stat, ...]
    crm_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """What the agent asked for or did so far."""

    key: str
    order: str
    title: str
    status: Pill
    api_name: str = ""
    note: str = ""
    tone: Tone = "neutral"
    icon: str = "zap"
    href: str = ""
    at: When | None = None
