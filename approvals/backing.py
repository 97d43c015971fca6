"""What stands behind a promise, by rules: no clock, no database, no model.

An effect that was made for a promise counts for that one only. Else it has to be of the channel's kind and
to name what was promised. A task that does not itself keep the promise (a call, a visit) carries it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Stage = Literal["wished", "moving", "confirmed", "failed", "doubted"]

# Which effect keeps a promise of a channel; a task carries those of any.
KEPT_BY = {"email": "send_email", "task": "create_task"}
CARRIER = "create_task"
STEP = "promise:"
# The part of the telling words of a promise that an effect has to share.
_ENOUGH = 0.5
_STEM = 5  # letters: "inspection" and "inspected" are one word
_WORD = re.compile(r"[^\W_]+")
# Words of promising itself: they say nothing about what was promised.
_IDLE = frozenset(
    """
    about after again also and any are auch back bald been before bis call callback
    colleague confirmation das dass dem den der des die dir ein eine einen email emails
    follow followup for from get gets give hear hello her him ihm ihn ihnen ihr information
    into ist its kollege mail mails make melden message mit nach note our out over please
    question ring sein send sends sent she sie soon team tell text that the their them then
    they this today tomorrow und uns unser us von was we well werde werden will wir wird
    with write you your zu zum zur zurück
    """.split()  # noqa: SIM905 a hundred words are read as words
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A promise as far as the rules look at it."""

    id: str
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An effect, or an open wish for one. `made_for` is the promise it was proposed for, if for one."""

    id: str
    type: str
    stage: Stage
    at: datetime
    words: str = ""
    made_for: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    state: str
    backing: str = ""


NOTHING = Match("unbacked")
# A promise that names nothing ("we will ring you") is carried by a task that names its channel.
_CHANNELS = {
    "call": frozenset({"anruf", "call", "callb", "phone", "ring", "rückr", "telef"}),
    "email": frozenset({"email", "mail"}),
    "sms": frozenset({"messa", "sms", "text"}),
    "visit": frozenset({"appoi", "besuc", "engin", "termi", "visit"}),
}
_ORDER = ("kept", "under_way", "broken")


def match(promise: Heard, candidates: Iterable[Candidate]) -> Match:
    """The best that stands behind it: a receipt, else what is on its way, else what failed."""
    found = [
        (_ORDER.index(state), -one.at.timestamp(), one.id, state)
        for one in candidates
        if (state := _state(promise, one)) is not None
    ]
    if not found:
        return NOTHING
    _place, _age, backing, state = min(found)
    return Match(state, backing)


def _state(promise: Heard, one: Candidate) -> str | None:
    """What the candidate makes of the promise; None where it is about something else."""
    if not _fits(promise, one):
        return None
    if one.stage in ("failed", "doubted"):
        return "broken"
    keeps = one.type == KEPT_BY.get(promise.kind)
    # What was confirmed before the words were said is not what they promise.
    if one.stage == "confirmed" and keeps:
        return "kept" if one.made_for or one.at >= promise.at else None
    return "under_way"


def _fits(promise: Heard, one: Candidate) -> bool:
    if one.made_for:
        return one.made_for == promise.id
    if one.type not in (KEPT_BY.get(promise.kind), CARRIER):
        return False
    telling = _stems(promise.text)
    if telling:
        return len(telling & _stems(one.words)) >= _ENOUGH * len(telling)
    if one.type == KEPT_BY.get(promise.kind):
        return True
    return bool(_CHANNELS.get(promise.kind, frozenset()) & _all_stems(one.words))


def _stems(text: str) -> frozenset[str]:
    """Of the telling words."""
    found = (word for word in _WORD.findall(text.casefold()) if word not in _IDLE)
    return frozenset(word[:_STEM] for word in found if len(word) > 2)


def _all_stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold()))
