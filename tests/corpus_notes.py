"""What the annotations of a conversation say that is known, turn by turn: the calls of `record_field` that
a model would make, and the state of the panel that must follow. Nothing here asks the product."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests import corpus_files

Grade = Literal["stated", "read_back", "inferred"]
Row = dict[str, Any]
NOBODY_CARES = "dontcare"
# Constraints that are expressions of the source's query language and no values.
EXPRESSION = "api."
STATUS = {"stated": "captured", "read_back": "captured", "inferred": "unsure"}
RANK = {"inferred": 0, "stated": 1, "read_back": 2}


@dataclass(frozen=True)
class Note:
    """One value, once the turn at this place of the file was said. `literal`: it stands in that caller's
    turn, or an earlier one, as it is."""

    turn: int
    key: str
    value: str | None
    quote: str
    grade: Grade
    literal: bool

    @property
    def status(self) -> str:
        return "declined" if self.value is None else STATUS[self.grade]

    def as_call(self) -> Row:
        arguments = {
            "field": self.key,
            "value": self.value,
            "quote": self.quote[:600],
            "grade": self.grade,
        }
        return {"name": "record_field", "arguments": arguments}


@dataclass
class Annotated:
    """A conversation with its notes; `group` names the objective that its kind of call has."""

    source_id: str
    turns: list[Row]
    group: tuple[str, ...]
    required: tuple[str, ...]
    notes: list[Note] = field(default_factory=list)
    ends_with: dict[str, str] = field(default_factory=dict)
    """What the source itself says is known at the end, where it says so."""
    missing: tuple[str, ...] | None = None
    """Required fields that the source itself calls missing, where it does."""
    left_out: int = 0

    def played(self) -> list[Row]:
        """Its turns for a playback. Every third turn with calls has them before its text arrives."""
        keys = ("speaker", "text", "start_ms", "end_ms")
        turns: list[Row] = [{key: turn.get(key) for key in keys} for turn in self.turns]
        for note in self.notes:
            turns[note.turn].setdefault("calls", []).append(note.as_call())
        for number, turn in enumerate(one for one in turns if "calls" in one):
            turn["calls_first"] = number % 3 == 0 and turn["speaker"] == "caller"
        return turns


def stands_in(value: str, text: str) -> bool:
    """As whole words, in capitals or not."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None


def read(name: str) -> list[Annotated]:
    """The annotated conversations of a set, as their own kind says what is known when."""
    return [READERS[name](row) for row in corpus_files.rows(f"conversations/{name}.jsonl")]


def _getgoing(row: Row) -> Annotated:
    """A value is known once the agent has said it back, or the caller has said yes to it."""
    truth, turns = row["ground_truth"], row["turns"]
    required = tuple(truth.get("required", ("mode", "destination", "departure")))
    found = Annotated(row["id"], turns, ("trip", *required), required)
    found.missing = tuple(truth["missing"]) if "missing" in truth else None
    for key, one in (truth.get("fields") or {}).items():
        if one is None:
            continue
        at, value = one["confirmed_turn"], one["value"]
        if turns[at]["speaker"] == "caller":
            found.notes.append(Note(at, key, value, value, "read_back", literal=False))
        else:
            found.notes.append(_noted(turns, at, key, value, fits_at=at))
        found.ends_with[key] = value
    found.notes.sort(key=lambda note: note.turn)
    return found


def _sgd(row: Row) -> Annotated:
    """A value is known once the caller informs of it; what the agent offers or confirms, with a yes."""
    truth, turns = row["ground_truth"], row["turns"]
    final = {
        slot: value for one in truth["final_state"].values() for slot, value in one["slots"].items()
    }
    services = corpus_files.schema("sgd_services")
    wanted = {
        slot
        for service in truth["services"]
        for intent in services[service]["intents"]
        for slot in intent["required_slots"]
    }
    found = Annotated(row["id"], turns, tuple(truth["services"]), tuple(sorted(wanted)))
    for at, turn in enumerate(turns):
        if turn["speaker"] != "caller":
            continue
        acts = [act for act in turn.get("acts", []) if act[0] == "INFORM"]
        found.notes += [_informed(turn, at, slot, value) for _, slot, value in acts]
        if {"AFFIRM", "SELECT"} & {act[0] for act in turn.get("acts", [])} and at:
            found.notes += _agreed(turns[at - 1], at, final)
    found.notes = _without_repeats(found.notes)
    found.ends_with = final
    return found


def _informed(turn: Row, at: int, slot: str, value: str) -> Note:
    if value == NOBODY_CARES:
        return Note(at, slot, None, turn["text"], "stated", literal=False)
    spans = [one for one in turn.get("spans", []) if one["slot"] == slot]
    quote = next((turn["text"][one["start"] : one["end"]] for one in spans), value)
    if stands_in(value, turn["text"]):
        return Note(at, slot, value, quote, "stated", literal=True)
    return Note(at, slot, value, turn["text"], "inferred", literal=False)


def _agreed(before: Row, at: int, final: dict[str, str]) -> Iterator[Note]:
    for act in before.get("acts", []):
        if act[0] not in ("CONFIRM", "OFFER") or act[1] not in final:
            continue
        _, slot, value = act
        quote = value if stands_in(value, before["text"]) else before["text"]
        if value != NOBODY_CARES:
            yield Note(at, slot, value, quote, "read_back", literal=False)


def _star(row: Row) -> Annotated:
    """A value is known once it was said; the system's queries say which values there were."""
    truth, turns, apis = row["ground_truth"], row["turns"], corpus_files.schema("star_apis")
    group = tuple(sorted({one["api"] for one in truth["queries"]} | set(truth["tasks"])))
    required = tuple(
        star_key(api, name) for api in group if api in apis for name in apis[api]["required"]
    )
    found = Annotated(row["id"], turns, group, required)
    since: dict[str, int] = {}
    for query in truth["queries"]:
        fits_at = min(query["after_turn"], len(turns) - 1)
        for name, value in query["constraints"].items():
            if value.startswith(EXPRESSION) or not value.strip():
                found.left_out += 1
                continue
            key = star_key(query["api"], name)
            at = since.get(key, 0)
            note = _noted(turns, None, key, value.strip(), fits_at=fits_at, since=at)
            since[key] = note.turn
            found.ends_with[key] = value.strip()
            found.notes.append(note)
    found.notes.sort(key=lambda note: note.turn)
    found.notes = _without_repeats(found.notes)
    return found


def star_key(api: str, name: str) -> str:
    return f"{api}_{name}".lower()


def _noted(
    turns: Sequence[Row], at: int | None, key: str, value: str, *, fits_at: int, since: int = 0
) -> Note:
    """Rests on the last caller's turn that holds it; else it was understood from the last one there was."""
    said = [n for n in range(fits_at + 1) if turns[n]["speaker"] == "caller" and turns[n]["text"]]
    holds = [n for n in said if n >= since and stands_in(value, turns[n]["text"])]
    if holds:
        return Note(holds[-1] if at is None else at, key, value, value, "stated", literal=True)
    quote = turns[said[-1]]["text"] if said else value
    last = max(since, said[-1]) if said else fits_at
    return Note(last if at is None else at, key, value, quote, "inferred", literal=False)


def _without_repeats(notes: Iterable[Note]) -> list[Note]:
    """A model does not record again what it knows, unless it knows it better now."""
    known: dict[str, Note] = {}
    kept = []
    for note in notes:
        before = known.get(note.key)
        same = before is not None and before.value == note.value
        if before is not None and same and RANK[note.grade] <= RANK[before.grade]:
            continue
        known[note.key] = note
        kept.append(note)
    return kept


READERS: dict[str, Callable[[Row], Annotated]] = {
    "getgoing": _getgoing,
    "sgd": _sgd,
    "star": _star,
}


@dataclass
class Slot:
    """A field of a generated objective: its choices where the source has a closed list of them."""

    key: str
    options: tuple[str, ...] = ()


def slots_of(name: str, group: Sequence[Annotated]) -> list[Slot]:
    """Every field of the kind of call: what is required, and what else was ever said."""
    keys = dict.fromkeys(key for one in group for key in one.required)
    keys |= dict.fromkeys(note.key for one in group for note in one.notes)
    if name != "sgd":
        return [Slot(key) for key in keys]
    services = corpus_files.schema("sgd_services")
    closed: dict[str, set[str]] = {}
    for service in {one for each in group for one in each.group}:
        for slot in services[service]["slots"]:
            if slot["is_categorical"]:
                closed.setdefault(slot["name"], set()).update(slot["possible_values"])
    return [Slot(key, _choices(key, closed.get(key, set()), group)) for key in keys]


def _choices(key: str, options: set[str], group: Sequence[Annotated]) -> tuple[str, ...]:
    """None where the source itself has values that are not on its list."""
    values = {note.value for one in group for note in one.notes if note.key == key} - {None}
    return tuple(sorted(options)) if values <= options else ()


def known_after(notes: Sequence[Note]) -> dict[str, Note]:
    """The newest note of each field."""
    return {note.key: note for note in notes}
