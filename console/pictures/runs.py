"""A run: everything that was done for a call, in order, with its proof."""

from dataclasses import dataclass
from typing import Literal

from console.pictures.calls import ProposalLink
from console.pictures.lists import FilterForm, KeptViews
from console.pictures.pieces import (
    Banner,
    Cursor,
    Empty,
    Handle,
    Link,
    Pill,
    Stat,
    Tone,
    Topic,
    When,
)

NodeState = Literal["done", "waiting", "failed", "later"]
StepKind = Literal["call", "tool", "agent", "human", "outbox", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunListRow:
    key: str
    href: str
    title: str
    handle: Handle
    status: Pill
    started: When
    length: str = ""
    outcome: str = ""
    steps_text: str = ""
    actions_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    rows: tuple[RunListRow, ...]
    as_of: When
    filters: tuple[Link, ...] = ()
    form: FilterForm | None = None
    views: KeptViews | None = None
    count_text: str = ""
    cursor: Cursor | None = None
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    key: str
    title: str
    note: str
    state: NodeState
    href: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    source: str
    target: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGraph:
    """Drawn by `graphs.layout`, longest path first; the steps table is its text version."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    words: str = ""  # accessible name


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a step lies on the two-zone axis; `start` and `length` are parts of 1 in its zone."""

    zone: Literal["call", "after", "both"]  # both: from `start` in the call to the end of the axis
    start: float
    length: float
    kind: StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    key: str
    order: str
    title: str
    icon: str
    href: str
    took: str
    result: str
    result_tone: Tone = "ok"
    result_icon: str = "circle-check"
    handle: Handle | None = None
    depth: Literal[0, 1] = 0
    span: Span | None = None
    api_name: str = ""  # what other systems call it, for the title
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent:
    title: str
    text: str
    icon: str
    tone: Tone = "neutral"
    at: str = ""  # clock with seconds
    title_exact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try and the answer to it, without secrets, as long as it is kept."""

    number: int
    verdict: Pill
    text: str
    at: str
    took: str
    worker: str
    answer: str = ""
    sent_text: str = ""  # whether the request left the house


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRow:
    """What the receiver told later about it."""

    verdict: Pill
    text: str
    at: str
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The life of one outbox entry, in words, oldest first; what is still to come is last."""

    status: Pill
    events: tuple[DeliveryEvent, ...]
    idempotency_key: Handle | None = None
    external_id: Handle | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonToken:
    text: str
    kind: Literal["plain", "key", "string", "number", "word", "hidden"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLine:
    """One line of redacted JSON. Made by `json_lines.lines`."""

    indent: int
    tokens: tuple[JsonToken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Hidden values: who may see them says why first, and it is recorded. `shown`: they stand there now."""

    href: str = ""  # audited POST
    step: str = ""
    off_reason: str = ""
    shown: str = ""
    error: str = ""
    limit: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDetail:
    title: str
    api_name: str = ""
    text: str = ""  # what the step did, one or two sentences
    facts: tuple[Stat, ...] = ()
    delivery: Delivery | None = None
    attempts: tuple[AttemptRow, ...] = ()
    proofs: tuple[ProofRow, ...] = ()
    arguments: tuple[JsonLine, ...] = ()
    result: tuple[JsonLine, ...] = ()
    reveal: Reveal | None = None
    checkpoint: tuple[Stat, ...] = ()  # Sequence, Recorded, Payload hash, Same on replay
    close_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    title: str
    handle: Handle
    status: Pill
    strip: tuple[Stat, ...]
    steps: tuple[StepRow, ...]
    topic: Topic
    as_of: When
    graph: RunGraph | None = None
    detail: StepDetail | None = None
    proposals: tuple[ProposalLink, ...] = ()
    links: tuple[Link, ...] = ()  # Call, Replay: only what exists
    banner: Banner | None = None
    detail_chosen: bool = False  # phones show the detail only when the address names a step
    break_text: str = ""
    back_href: str = ""
