"""Effects on their way out of the house."""

from dataclasses import dataclass

from console.pictures.lists import FilterForm, KeptViews
from console.pictures.pieces import Banner, Cursor, Empty, Handle, Link, Pill, Stat, Topic, When
from console.pictures.runs import AttemptRow, Delivery, JsonLine, ProofRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    key: str
    order: str
    href: str
    title: str  # "Update contact in CRM"
    api_name: str
    recipient: str  # masked where it is a person's address
    status: Pill
    text: str  # "The receiver answered 503. It is sent again with the same key …"
    at: When
    handle: Handle
    attempts_text: str = ""
    external_id: str = ""
    icon: str = "send"
    proposal: Handle | None = None
    run: Handle | None = None
    after: Handle | None = None  # what has to be confirmed first
    links: tuple[Link, ...] = ()  # Retry now, Cancel action: only what is possible
    delivery: Delivery | None = None  # unfolded


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxGroup:
    """Drawn also when it is empty, out of sight: a row that comes live needs a place to go."""

    key: str  # needs_you, retrying, held, confirmed, cancelled
    title: str
    rows: tuple[OutboxRow, ...]
    more_href: str = ""  # the whole group, where it is longer than shown


@dataclass(frozen=True, slots=True, kw_only=True)
class StopForm:
    """Stop sending, for one action or all. `errors` by field; what was typed stays."""

    href: str
    actions: tuple[tuple[str, str], ...]
    reason_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What keeps effects from leaving: pauses of people, connections that do not answer."""

    banners: tuple[Banner, ...] = ()
    form: StopForm | None = None
    off_reason: str = ""  # why this person cannot stop sending


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPage:
    """No topic where filters are on: what comes live is not filtered."""

    groups: tuple[OutboxGroup, ...]
    topic: Topic | None
    as_of: When
    filters: tuple[Link, ...] = ()
    form: FilterForm | None = None
    views: KeptViews | None = None
    stops: Stops | None = None
    empty: Empty | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One way out of a doubt, with what it does. `off_reason` says why it is closed to this person."""

    title: str
    text: str
    button: str
    href: str
    icon: str
    look: str = "plain"
    note_label: str = ""  # what has to be written with it
    note_name: str = ""
    note_limit: int = 0
    note_typed: str = ""
    error: str = ""
    off_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPage:
    """One effect: what was allowed, what was sent, what came back, and what a person can do."""

    title: str
    handle: Handle
    status: Pill
    text: str
    api_name: str
    links: tuple[Link, ...]
    facts: tuple[Stat, ...]
    delivery: Delivery
    attempts: tuple[AttemptRow, ...]
    proofs: tuple[ProofRow, ...]
    arguments: tuple[JsonLine, ...]
    result: tuple[JsonLine, ...]
    topic: Topic
    as_of: When
    back_href: str
    resolutions: tuple[Resolution, ...] = ()
    banner: Banner | None = None
