"""Conversations with `record_field` fed from their annotations: after every turn the panel that an operator
sees is compared with what is known by then."""

import html
import re
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import close_old_connections
from django.test import Client

from console.demo import northwind, playing, ringing
from console.demo.playing import Line
from console.pictures.intake import FieldRow
from console.words.fields import option
from runs import redaction, releases, scope
from runs.models import User, Workflow
from runs.people import Actor
from runs.releases import Content, Field, Objective, WorkflowSpec
from tests import corpus_notes
from tests.corpus_notes import Annotated, Note, Slot
from tests.corpus_steps import Seen, step_through
from voice.models import Number

if TYPE_CHECKING:
    from tests.journeys.house import House

LEAST_POINTED = 0.98
PAGES = 10
_ROW = re.compile(
    r'<li class="field[^>]*data-key="([^"]*)"[^>]*data-status="([^"]*)".*?data-value>([^<]*)<',
    re.DOTALL,
)


@dataclass
class PanelFigures:
    """Of one set. `pointed` of `literal`: the quote of a value that stands in a caller's turn holds it."""

    turns: int = 0
    equal: int = 0
    values: int = 0
    literal: int = 0
    pointed: int = 0
    pages: int = 0
    pages_equal: int = 0
    ends: int = 0
    ends_equal: int = 0
    rest: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, other: "PanelFigures") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def share(self) -> float:
        return self.pointed / self.literal if self.literal else 1.0

    def clean(self) -> bool:
        whole = self.equal == self.turns and self.pages_equal == self.pages
        return whole and self.share >= LEAST_POINTED

    def words(self, name: str) -> str:
        return (
            f"{name:14} {self.turns:6} {self.equal:6} {self.values:7} {self.literal:8}"
            f" {self.pointed:8} {self.share:6.3f} {self.pages_equal:3} of {self.pages:3}"
            f"   {self.ends_equal} of {self.ends}"
        )


HEAD = (
    f"{'record_field':14} {'turns':>6} {'equal':>6} {'values':>7} {'literal':>8} {'pointed':>8}"
    f" {'share':>6} {'pages':>10}   as the source ends"
)


@dataclass
class Viewed:
    """One conversation while it is played."""

    annotated: Annotated
    slots: Sequence[Slot]
    last: Seen | None = None
    figures: PanelFigures = field(default_factory=PanelFigures)


def lines_of(house: "House", name: str, annotated: Sequence[Annotated]) -> dict[str, Line]:
    """A number for each kind of call, with an objective made of the annotations. By source id."""
    main = playing.line_of(house.workspace.slug, house.stack.url)
    groups: dict[tuple[str, ...], list[Annotated]] = {}
    for one in annotated:
        groups.setdefault(one.group, []).append(one)
    lines: dict[str, Line] = {}
    for place, group in enumerate(groups.values()):
        e164 = f"+44161496{_PLACES[name] + place:04d}"
        _publish(house, f"corpus-{name}-{place}", e164, _objective(name, group))
        lines.update({one.source_id: replace(main, number=e164) for one in group})
    return lines


_PLACES = {"getgoing": 500, "sgd": 600, "star": 700}


def _objective(name: str, group: Sequence[Annotated]) -> Objective:
    slots = corpus_notes.slots_of(name, group) or [Slot("reason")]
    required = set(group[0].required) or {slot.key for slot in slots}
    fields = tuple(
        Field(
            key=slot.key,
            label=slot.key,
            type="enum" if slot.options else "text",
            options=slot.options,
            required=slot.key in required,
        )
        for slot in slots
    )
    return Objective(title=f"{name} {' '.join(group[0].group)}"[:80], fields=fields)


def _publish(house: "House", name: str, e164: str, objective: Objective) -> None:
    content = Content(
        workflow=WorkflowSpec(name=name, title=name, capabilities=(), external_actions=()),
        objective=objective,
        agent=northwind.CONTENT.agent,
    )
    workspace = house.workspace
    with scope.workspace(workspace.id):
        at = scope.now()
        workflow, _ = Workflow.objects.get_or_create(
            workspace=workspace,
            name=name,
            defaults={"title": name, "draft": content.model_dump(mode="json"), "updated_at": at},
        )
        by = Actor("system:tests", "tests", workspace.id, frozenset({"admin"}))
        releases.publish(workflow, content=content, by=by, at=at)
        Number.objects.update_or_create(
            workspace=workspace,
            e164=e164,
            defaults={"workflow": workflow, "connection": ringing.door(workspace.slug)},
        )


def play(
    house: "House", name: str, annotated: Sequence[Annotated], *, speed: float, concurrency: int
) -> Iterator[tuple[Annotated, str, PanelFigures]]:
    """As they end: the conversation, the provider's id of its call, and what was seen of its panel."""
    lines = lines_of(house, name, annotated)
    groups: dict[tuple[str, ...], list[Annotated]] = {}
    for one in annotated:
        groups.setdefault(one.group, []).append(one)
    slots = {group: corpus_notes.slots_of(name, them) for group, them in groups.items()}
    visited = {one.source_id for one in annotated[:: max(1, len(annotated) // PAGES)]}

    def work(one: Annotated) -> tuple[Annotated, str, PanelFigures]:
        try:
            viewed = _view(house, one, slots[one.group], lines[one.source_id], speed)
            if one.source_id in visited and viewed.last:
                _visit(house, viewed)
            return one, viewed.last.call_id if viewed.last else "", viewed.figures
        finally:
            close_old_connections()

    with ThreadPoolExecutor(concurrency) as pool:
        for done in as_completed([pool.submit(work, one) for one in annotated]):
            yield done.result()


def _view(
    house: "House", one: Annotated, slots: Sequence[Slot], line: Line, speed: float
) -> Viewed:
    viewed = Viewed(one, slots)
    played: list[int] = []
    for seen in step_through(house, one.source_id, one.played(), line, speed=speed):
        viewed.last = seen
        if seen.source_turn < 0 and not seen.end_reason:
            continue
        if seen.over == len(played):
            viewed.figures.turns += len(one.turns) - len(played)
            viewed.figures.notes.append(f"{one.source_id}: {seen.end_reason}")
            break
        played.append(seen.source_turn)
        _compare(viewed, played, seen)
    _end(viewed)
    return viewed


def _compare(viewed: Viewed, played: Sequence[int], seen: Seen) -> None:
    """After one turn: every row of the panel, and how many it calls open."""
    figures, one = viewed.figures, viewed.annotated
    made = [note for place in played for note in one.notes if note.turn == place]
    # What could not be called while the agent spoke is called after one of the next turns.
    known = corpus_notes.known_after(made[: len(made) - seen.to_call])
    panel = seen.panel()
    rows = {row.key: row for row in panel.fields}
    wrong = [
        f"{one.source_id} turn {played[-1]}: {key} is {_shown(rows[key])}, not {wanted}"
        for key, wanted in _wanted(viewed, known).items()
        if _shown(rows[key]) not in (wanted, _without_numbers(wanted))
    ]
    unsettled = sum(row.status in ("missing", "unsure") for row in panel.fields)
    if panel.status.open_count != unsettled:
        wrong.append(f"{one.source_id} turn {played[-1]}: {panel.status.open_count} are open")
    figures.turns += 1
    figures.equal += not wrong
    figures.notes += wrong[:3]
    for note in known.values():
        if note.turn == played[-1]:
            _look_at_quote(viewed, note, rows[note.key])


def _wanted(viewed: Viewed, known: dict[str, Note]) -> dict[str, tuple[str, str]]:
    """Status and words of every field."""
    wanted = {}
    for slot in viewed.slots:
        note = known.get(slot.key)
        if note is None:
            required = set(viewed.annotated.required) or {slot.key}
            wanted[slot.key] = ("missing" if slot.key in required else "optional", "")
        elif note.value is None:
            wanted[slot.key] = ("declined", "")
        else:
            words = option(note.value) if slot.options else note.value
            wanted[slot.key] = (note.status, words)
    return wanted


def _shown(row: FieldRow) -> tuple[str, str]:
    """The words for the absence of a value are the panel's own."""
    return row.status, row.value if row.status in ("captured", "unsure") else ""


def _without_numbers(wanted: tuple[str, str]) -> tuple[str, str]:
    return wanted[0], redaction.text(wanted[1])


def _look_at_quote(viewed: Viewed, note: Note, row: FieldRow) -> None:
    """The quote beside the value, and the turn that its link leads to."""
    figures = viewed.figures
    figures.values += 1
    if not note.literal or note.value is None:
        reason = "declined" if note.value is None else f"{note.grade}, not literal"
        linked = "with a turn" if row.quote_href else "without a turn"
        figures.rest[f"{reason}: {linked}"] += 1
        return
    figures.literal += 1
    if row.quote_href and corpus_notes.stands_in(note.value, row.quote):
        figures.pointed += 1
        return
    why = "the quote is another" if row.quote_href else "no turn holds the quote"
    figures.rest[f"literal, {why}"] += 1
    figures.notes.append(f"{viewed.annotated.source_id} {note.key}: {note.value!r}, {row.quote!r}")


def _end(viewed: Viewed) -> None:
    """What the source itself says of the end; values in other words are reported only."""
    figures, one = viewed.figures, viewed.annotated
    rows = {row.key: row for row in viewed.last.panel().fields} if viewed.last else {}
    for key, value in one.ends_with.items():
        figures.ends += 1
        row = rows.get(key)
        figures.ends_equal += row is not None and row.value.casefold() == value.casefold()
    missing = {key for key, row in rows.items() if row.status == "missing"}
    if one.missing is not None and missing != set(one.missing):
        figures.equal -= 1
        figures.notes.append(f"{one.source_id}: {missing} are missing, not {set(one.missing)}")


def _visit(house: "House", viewed: Viewed) -> None:
    """The page as the web server answers it to a signed-in person: the same rows."""
    assert viewed.last is not None
    panel = viewed.last.panel()
    text = _page(house, f"/w/{house.workspace.slug}/calls/{viewed.last.public_id}/")
    found = [tuple(html.unescape(part) for part in row) for row in _ROW.findall(text)]
    wanted = [(row.key, row.status, row.value) for row in panel.fields]
    viewed.figures.pages += 1
    viewed.figures.pages_equal += found == wanted
    if found != wanted:
        other = [pair for pair in zip(found, wanted, strict=False) if pair[0] != pair[1]]
        viewed.figures.notes.insert(0, f"page of {viewed.annotated.source_id}: {other}")


def _page(house: "House", path: str) -> str:
    client = Client()
    client.force_login(
        User.objects.get(email=house.people["olive"]["email"]),
        backend=settings.AUTHENTICATION_BACKENDS[-1],
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    request = urllib.request.Request(
        house.stack.url + path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())
