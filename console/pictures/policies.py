"""The page of the rules: what holds, the text that can be changed, and what a change would have done."""

from dataclasses import dataclass

from console.pictures.pieces import Banner, Link, Option, Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """`meant` is the rule's own text form: action, field and condition."""

    key: str
    words: str
    meant: str
    risk: Pill
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    id: str
    title: str
    href: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookGroup:
    """A number and the list behind it; `key` is the list's place on the page."""

    key: str
    text: str
    pill: Pill
    rows: tuple[LookRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookResult:
    """`seen` names the text that was looked at: only that can be published. `open_text`: what it does to what
    waits now; `lonely`: rules that one person's edit would leave without anybody."""

    text: str
    open_text: str
    lonely: tuple[str, ...]
    groups: tuple[LookGroup, ...]
    seen: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    name: str
    release_text: str
    base: int
    rules: tuple[RuleRow, ...]
    autonomy: tuple[tuple[str, str], ...]
    general: tuple[tuple[str, str], ...]
    text: str
    error: str
    rows: int
    days: tuple[Option, ...]
    workflows: tuple[Link, ...]
    edits: bool
    why_not: str
    lonely: tuple[str, ...] = ()
    result: LookResult | None = None
    banner: Banner | None = None
