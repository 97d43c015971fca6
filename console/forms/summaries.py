"""An edited section of a summary: text becomes sentences again, each with the quotes that it still has."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from django.http import QueryDict

from runs import summaries
from runs.errors import Invalid
from runs.models import Summary
from runs.people import Actor
from runs.summaries import MAX_SENTENCE, Section, Sentence

MOST = 4000
MOST_SENTENCES = 40
# Below this likeness a sentence says something else: the old quote does not stand behind it.
ALIKE = 0.6
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


class SectionForm:
    """`key` and `typed` hold what was sent, so that a refused form loses nothing."""

    def __init__(self, data: QueryDict) -> None:
        sent = [key for key in summaries.SECTIONS if key in data]
        self.key = sent[0] if len(sent) == 1 else ""
        self.typed = {self.key: str(data.get(self.key, ""))} if self.key else {}
        self._base = data.get("base_version", "")

    def read(self, newest: Summary, *, by: Actor) -> tuple[int, list[Section] | None]:
        """The base version and all sections with this one changed; None where nothing changed.

        Raise Invalid where the form is not whole or too long.
        """
        if not self.key or not (self._base.isascii() and self._base.isdigit()):
            raise Invalid("bad_form")
        text = self.typed[self.key].replace("\r\n", "\n").replace("\0", "").strip()
        if len(text) > MOST:
            raise Invalid("text_too_long", limit=MOST)
        known = summaries.sections_of(newest)
        old = next((one for one in known if one.key == self.key), None)
        kept = old.sentences if old else []
        sentences = list(_sentences(text, kept))
        if len(sentences) > MOST_SENTENCES:
            raise Invalid("text_too_long", limit=MOST)
        base = int(self._base[:9])
        if base == newest.version and [one.text for one in sentences] == [one.text for one in kept]:
            return base, None
        changed = Section(key=self.key, source=by.id, sentences=sentences)
        rest = {one.key: one for one in known} | {self.key: changed}
        return base, [rest[key] for key in summaries.SECTIONS if key in rest]


def _sentences(text: str, kept: list[Sentence]) -> Iterable[Sentence]:
    """Sentences that are still there keep their quotes; the rest is cut at its full stops."""
    rest = text
    while rest:
        found = [(rest.find(one.text), one) for one in kept if one.text and one.text in rest]
        if not found:
            yield from _fresh(rest, kept)
            return
        at, same = min(found, key=lambda pair: pair[0])
        yield from _fresh(rest[:at], kept)
        yield Sentence(text=same.text, evidence=same.evidence)
        rest = rest[at + len(same.text) :].strip()


def _fresh(text: str, kept: list[Sentence]) -> Iterable[Sentence]:
    for part in _SENTENCE_END.split(text):
        words = part.strip()
        if not words:
            continue
        if len(words) > MAX_SENTENCE:
            raise Invalid("text_too_long", limit=MAX_SENTENCE)
        yield Sentence(text=words, evidence=_like(words, kept))


def _like(words: str, kept: list[Sentence]) -> list[str]:
    """The quotes of the sentence that this one was made from."""
    ratios = [
        (SequenceMatcher(None, words.casefold(), one.text.casefold()).ratio(), one) for one in kept
    ]
    best = max(ratios, key=lambda pair: pair[0], default=None)
    return list(best[1].evidence) if best is not None and best[0] >= ALIKE else []
