"""Finding words in what was said: exactly, then without regard to case, spaces and punctuation."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` (inclusive) to `end` (exclusive) of a text."""

    start: int
    end: int


def find(text: str, quote: str, *, before: int | None = None) -> Span | None:
    """Where the quote stands in the text, or None. `before` ends the part of the text that was heard."""
    heard = text if before is None else text[:before]
    wanted = quote.strip().strip("\"'“”‘’… ")
    if not wanted:
        return None
    at = heard.find(wanted)
    if at >= 0:
        return Span(at, at + len(wanted))
    letters, places = _fold(heard)
    folded, _ = _fold(wanted)
    if not folded:
        return None
    at = letters.find(folded)
    while at >= 0:
        if _whole_words(letters, places, heard, at, at + len(folded)):
            return Span(places[at], places[at + len(folded) - 1] + 1)
        at = letters.find(folded, at + 1)
    return None


def _fold(text: str) -> tuple[str, list[int]]:
    """Letters and digits only, casefolded, with the place of each in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKD", character).casefold():
            if one.isalnum():
                letters.append(one)
                places.append(place)
    return "".join(letters), places


def _whole_words(letters: str, places: list[int], text: str, start: int, end: int) -> bool:
    """A match may not begin or end inside a word: "art" is not a quote from "start"."""
    first, last = places[start], places[end - 1]
    return (first == 0 or not text[first - 1].isalnum()) and (
        last + 1 == len(text) or not text[last + 1].isalnum()
    )
