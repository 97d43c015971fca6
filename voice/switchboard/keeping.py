"""What of a text may be kept and told: redacted before anything is stored, digits at its end held back."""

import hashlib
from dataclasses import dataclass, field, replace

from runs import redaction
from runs.redaction import Hit
from voice.switchboard.state import Speech, State

# Digits at the end of a turn that is being spoken wait until nothing was added for so long.
HOLD_MS = 1_500


@dataclass(frozen=True, slots=True)
class Late:
    """A turn that was kept before its digits turned out to belong to a number."""

    speech: Speech
    text: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    text: str
    hits: tuple[Hit, ...] = ()
    late: list[Late] = field(default_factory=list)

    def moved(self, chars: int | None) -> int | None:
        return chars if chars is None else redaction.moved(self.hits, 0, chars)


def keep(state: State, speech: Speech, text: str) -> Kept:
    """The text as it may be kept, with what that means for the same side's turns around it."""
    if not redaction.has_digits(text):
        return Kept(text)
    around = _around(state, speech)
    texts = [text if one.id == speech.id else one.text for one in around]
    hits = redaction.find(texts, context=_context(state, speech), known=state.known)
    own, late = Kept(text), []
    for index, one in enumerate(around):
        mine = tuple(replace(hit, text=0) for hit in hits if hit.text == index)
        if not mine:
            continue
        redacted = redaction.apply(texts[index], mine, 0)
        if one.id == speech.id:
            own = Kept(redacted, mine)
        else:
            late.append(Late(one, redacted, mine))
    return Kept(own.text, own.hits, late)


def safe_length(speech: Speech, at_ms: int) -> int:
    """How much of an open turn may be told now."""
    if at_ms - speech.grew_ms >= HOLD_MS:
        return len(speech.text)
    return redaction.tail(speech.text)


def fingerprint(text: str) -> bytes:
    """To know a text again without keeping it. Lives in memory only."""
    return hashlib.sha256(text.encode()).digest()


def is_same(speech: Speech, text: str) -> bool:
    """Told again: the words that this turn has, or had before they were redacted."""
    return text.strip() == speech.text.strip() or fingerprint(text) == speech.source


def _around(state: State, speech: Speech) -> list[Speech]:
    """Finished turns of the same side, a few before and after, with this one in its place."""
    side = [
        one
        for one in state.speeches.values()
        if one.speaker == speech.speaker
        and (one.id == speech.id or (not one.open and one.text.strip()))
    ]
    side.sort(key=lambda one: one.position)
    place = next((n for n, one in enumerate(side) if one.id == speech.id), len(side))
    if place == len(side):
        side.append(speech)
    return side[max(0, place - redaction.LOOK_BACK) : place + redaction.LOOK_BACK + 1]


def _context(state: State, speech: Speech) -> str:
    """What both sides said just before: an agent asks for the number that the caller then says."""
    before = [
        one
        for one in state.speeches.values()
        if one.position < speech.position and one.id != speech.id
    ]
    before.sort(key=lambda one: one.position)
    return " ".join(one.text for one in before[-redaction.LOOK_BACK :])
