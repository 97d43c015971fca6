"""Recall and precision of the masking on labelled sentences of others, as written and as people say them."""

import collections

import pytest

from runs import redaction
from tests import corpus_files

pytestmark = pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)
KINDS = {"CREDIT_CARD": "card", "US_SSN": "ssn"}
LEAST = 0.95
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def sentences():
    return corpus_files.rows("pii/presidio_synth.jsonl")


def covers(hits, start, end):
    return any(hit.start <= start and end <= hit.end for hit in hits)


def counted():
    """(kind, found) of every labelled span; (kind, right) of every hit."""
    spans, hits = collections.Counter(), collections.Counter()
    for row in sentences():
        found = redaction.find([row["text"]])
        for span in row["spans"]:
            spans[span["type"], covers(found, span["start"], span["end"])] += 1
        for hit in found:
            kind = next(name for name, word in KINDS.items() if f"⟦{word}" in hit.instead)
            truth = [one for one in row["spans"] if one["type"] == kind]
            right = any(hit.start < one["end"] and one["start"] < hit.end for one in truth)
            hits[kind, right] += 1
    return spans, hits


def test_recall_and_precision_on_labelled_sentences(capsys):
    spans, hits = counted()
    for kind in KINDS:
        labelled = spans[kind, True] + spans[kind, False]
        made = hits[kind, True] + hits[kind, False]
        recall, precision = spans[kind, True] / labelled, hits[kind, True] / made
        with capsys.disabled():
            print(
                f"\n{kind}: recall {recall:.3f} of {labelled}, precision {precision:.3f} of {made}"
            )
        assert recall >= LEAST
        assert precision >= LEAST
    others = {kind for kind, _ in spans} - set(KINDS)
    with capsys.disabled():
        for kind in sorted(others):
            found, left = spans[kind, True], spans[kind, False]
            print(f"  {kind}: {found} of {found + left} masked (none is promised)")
    assert not [kind for kind in others if spans[kind, True]]


def said(value):
    """A number as people write and say it."""
    digits = [one for one in value if one.isdigit()]
    fours = ["".join(digits[n : n + 4]) for n in range(0, len(digits), 4)]
    return {
        "together": "".join(digits),
        "in fours": " ".join(fours),
        "with dashes": "-".join(fours),
        "one by one": " ".join(digits),
        "in words": " ".join(WORDS[int(one)] for one in digits),
    }


def test_recall_in_every_way_of_saying_a_card(capsys):
    figures = collections.Counter()
    for row in sentences():
        for span in (one for one in row["spans"] if one["type"] == "CREDIT_CARD"):
            before, after = row["text"][: span["start"]], row["text"][span["end"] :]
            for way, spelled in said(span["value"]).items():
                shown = redaction.text(before + spelled + after)
                figures[way, shown.startswith(before) and spelled not in shown] += 1
    ways = {way for way, _ in figures}
    recall = {way: figures[way, True] / (figures[way, True] + figures[way, False]) for way in ways}
    with capsys.disabled():
        print(f"\ncards as they are said, {sum(figures.values())} in all:", recall)
    assert min(recall.values()) >= LEAST


def test_recall_where_a_card_is_said_in_two_turns(capsys):
    """Cards of the length that their issuer usually gives out; the longest and shortest ones are only counted,
    because callers repeat themselves and any digits would add up to a card of some length."""
    figures = collections.Counter()
    for row in sentences():
        for span in (one for one in row["spans"] if one["type"] == "CREDIT_CARD"):
            digits = said(span["value"])["one by one"].split()
            turns = [" ".join(digits[:8]), " ".join(digits[8:])]
            hits = redaction.find(turns)
            shown = [redaction.apply(text, hits, n) for n, text in enumerate(turns)]
            whole = all(redaction.PLACEHOLDER.fullmatch(one) for one in shown)
            figures["usual" if 14 <= len(digits) <= 16 else "unusual", whole] += 1
    with capsys.disabled():
        print("\ncards over two turns (length, masked):", dict(figures))
    assert figures["usual", True]
    assert figures["usual", False] <= (1 - LEAST) * figures["usual", True]
