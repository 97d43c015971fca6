"""Redaction: card numbers and US social security numbers never reach the record, however they are said.

A hit becomes `⟦card ••11⟧` or `⟦ssn ••66⟧` (kind and last two digits), masked keys `⟦keys ••18⟧`; where a number is spread over
several turns, its earlier pieces become `⟦card⟧`. Brackets of this shape are never read as digits again,
so redacting twice changes nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from runs import secret_numbers
from runs.spoken_digits import Group, groups, only_pauses, runs

LOOK_BACK = 3
"""How many turns before (of the same side) may hold the beginning of a number."""
PLACEHOLDER = re.compile(r"⟦(?:card|ssn|keys)(?: ••\d\d)?⟧")
_SOCIAL = re.compile(
    r"\bs\.?s\.?n\b|\bsocial\b(?! (?:media|work|network|club|event))", re.IGNORECASE
)
# What people put around the pieces of a number that they give turn by turn.
_EDGE = re.compile(
    r"(?:[\W_]|\b(?:and|then|okay|ok|yes|yeah|yep|so|it'?s|is|next|uh+|um+|er+m?|the|right)\b)*",
    re.IGNORECASE,
)


LEAST_PART = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """What to put in place of `text[start:end]` of the text with this index. `number` is all of its digits."""

    text: int
    start: int
    end: int
    instead: str
    number: str = field(default="", repr=False, compare=False)

    @property
    def kind(self) -> str:
        return self.instead.strip("⟦⟧").partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Typed:
    """Masked keys: nobody may write these digits down. Where an owner of the call before us knew them, only
    their count and how they end are left, and every run of digits like that is taken for them."""

    count: int
    ending: str
    digits: str = field(default="", repr=False)

    @property
    def instead(self) -> str:
        return f"⟦keys ••{self.ending}⟧" if self.ending else "⟦keys⟧"

    def is_same(self, digits: str) -> bool:
        if self.digits:
            return digits == self.digits
        return len(digits) == self.count and digits.endswith(self.ending)


@dataclass(frozen=True, slots=True)
class Part:
    """A number that was found over several turns: any longer part of it goes, wherever it was written."""

    kind: str
    digits: str = field(repr=False)

    @property
    def instead(self) -> str:
        return f"⟦{self.kind}⟧"

    def is_same(self, digits: str) -> bool:
        return len(digits) >= LEAST_PART and digits in self.digits


Known = Typed | Part


@dataclass(frozen=True, slots=True)
class _Piece:
    """A group of digits and the text it stands in."""

    text: int
    group: Group


def text(given: str, *, context: str = "", known: Sequence[Known] = ()) -> str:
    """One text by itself. `context` is what was said or asked before it."""
    return apply(given, find([given], context=context, known=known), 0)


def find(texts: Sequence[str], *, context: str = "", known: Sequence[Known] = ()) -> list[Hit]:
    """Hits in texts that one side said one after the other, also across them; `known` numbers too."""
    social = bool(_SOCIAL.search(context)) or any(_SOCIAL.search(one) for one in texts)
    hits: list[Hit] = []
    for chain in _chains(texts):
        digits = [piece.group.digits for piece in chain]
        owners, before = [piece.text for piece in chain], _places(texts, chain)
        for kind, first, last in secret_numbers.find(digits, owners, before, social=social):
            hits += _hits(kind, chain[first : last + 1])
        hits += _find_known(chain, known, hits)
    return hits


def _find_known(chain: list[_Piece], known: Sequence[Known], taken: Sequence[Hit]) -> Iterator[Hit]:
    """The longest runs of pieces that spell a known number, left of all that was found already."""
    first = 0
    while known and first < len(chain):
        last, one = _longest(chain[first:], known)
        pieces = chain[first : first + last]
        first += max(last, 1)
        if one is not None and not any(_overlaps(piece, taken) for piece in pieces):
            yield from _in_place(pieces, one.instead, one.instead)


def _longest(chain: list[_Piece], known: Sequence[Known]) -> tuple[int, Known | None]:
    best: tuple[int, Known | None] = (0, None)
    digits = ""
    for count, piece in enumerate(chain[: secret_numbers.LONGEST_CARD], 1):
        digits += piece.group.digits
        best = next(((count, one) for one in known if one.is_same(digits)), best)
    return best


def _overlaps(piece: _Piece, taken: Sequence[Hit]) -> bool:
    return any(
        hit.text == piece.text and hit.start < piece.group.end and piece.group.start < hit.end
        for hit in taken
    )


def apply(given: str, hits: Sequence[Hit], index: int) -> str:
    mine = sorted((hit for hit in hits if hit.text == index), key=lambda hit: -hit.start)
    for hit in mine:
        given = given[: hit.start] + hit.instead + given[hit.end :]
    return given


def moved(hits: Sequence[Hit], index: int, offset: int) -> int:
    """Where an offset stands after `apply`; inside a hit: at its beginning, the safe side."""
    shift = 0
    for hit in sorted((hit for hit in hits if hit.text == index), key=lambda hit: hit.start):
        if offset < hit.end:
            return min(offset, hit.start) + shift
        shift += len(hit.instead) - (hit.end - hit.start)
    return offset + shift


def has_digits(given: str) -> bool:
    """Cheap: False for nearly everything that is said."""
    return bool(groups(given))


def tail(given: str) -> int:
    """Where digits that may go on begin at the end of the text; its length where there are none."""
    last = [*runs(_masked(given))][-1:]
    if last and only_pauses(given[last[0][-1].end :]):
        return last[0][0].start
    return len(given)


def tree(value: Any, *, context: str = "", known: Sequence[Known] = ()) -> Any:
    """Every text (and whole number) inside a JSON value."""
    if isinstance(value, dict):
        around = " ".join([context, *_names(value)])
        return {
            key: tree(one, context=f"{around} {key}", known=known) for key, one in value.items()
        }
    if isinstance(value, list):
        return [tree(one, context=context, known=known) for one in value]
    if isinstance(value, str):
        return text(value, context=context, known=known)
    if isinstance(value, int) and not isinstance(value, bool):
        kept = text(str(value), context=context, known=known)
        return value if kept == str(value) else kept
    return value


def in_json(raw: str, *, context: str = "", known: Sequence[Known] = ()) -> str:
    """The same document without the numbers; unchanged byte for byte where it holds none."""
    try:
        value = json.loads(raw)
        kept = tree(value, context=context.replace("_", " "), known=known)
    except (ValueError, RecursionError):
        return text(raw, context=context, known=known)
    return raw if kept == value else json.dumps(kept, ensure_ascii=False)


def _names(value: dict[str, Any]) -> list[str]:
    """Keys, and short texts beside: `{"key": "ssn", "value": "…"}`."""
    beside = [one for one in value.values() if isinstance(one, str) and len(one) <= 200]
    return [one.replace("_", " ") for one in (*value, *beside)]


def _chains(texts: Sequence[str]) -> list[list[_Piece]]:
    """Runs of digits; the last of a text and the first of the next are one where nothing parts them."""
    chains: list[list[_Piece]] = []
    open_ = False
    for index, given in enumerate(texts):
        masked = _masked(given)
        end = 0
        if open_ and _EDGE.fullmatch(masked):
            continue  # "Okay." between two pieces of a number.
        for run in runs(masked):
            pieces = [_Piece(index, group) for group in run]
            if open_ and end == 0 and _EDGE.fullmatch(masked[: run[0].start]):
                chains[-1] += pieces
            else:
                chains.append(pieces)
            end, open_ = run[-1].end, False
        open_ = bool(chains) and end > 0 and _EDGE.fullmatch(masked[end:]) is not None
    return chains


def _masked(given: str) -> str:
    """Placeholders as letters of the same length: never digits, never a pause."""
    return PLACEHOLDER.sub(lambda found: "x" * len(found[0]), given)


def _places(texts: Sequence[str], chain: list[_Piece]) -> Callable[[int], str]:
    """What stands before the piece with this number: in its text, back to the piece before it."""

    def before(number: int) -> str:
        piece = chain[number]
        earlier = chain[number - 1] if number else None
        begin = earlier.group.end if earlier and earlier.text == piece.text else 0
        return texts[piece.text][begin : piece.group.start]

    return before


def _hits(kind: str, pieces: list[_Piece]) -> list[Hit]:
    last_two = "".join(piece.group.digits for piece in pieces)[-2:]
    return _in_place(pieces, f"⟦{kind}⟧", f"⟦{kind} ••{last_two}⟧")


def _in_place(pieces: list[_Piece], earlier: str, at_the_end: str) -> list[Hit]:
    """One hit for each text that holds a part."""
    number = "".join(piece.group.digits for piece in pieces)
    hits = []
    for index in dict.fromkeys(piece.text for piece in pieces):
        mine = [piece.group for piece in pieces if piece.text == index]
        instead = at_the_end if index == pieces[-1].text else earlier
        hits.append(Hit(index, mine[0].start, mine[-1].end, instead, number))
    return hits
