"""Recall and precision of the masking on labelled sentences of others."""

import collections

import pytest

from runs import redaction
from tests import corpus_files

pytestmark = pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)
KINDS = {"CREDIT_CARD", "US_SSN"}


def test_recall_and_precision_on_labelled_sentences(capsys):
    figures = collections.Counter()
    for row in corpus_files.rows("pii/presidio_synth.jsonl"):
        hits = redaction.find([row["text"]])
        for span in row["spans"]:
            found = any(hit.start <= span["start"] and span["end"] <= hit.end for hit in hits)
            figures[span["type"], found] += 1
        truth = [span for span in row["spans"] if span["type"] in KINDS]
        figures["right"] += sum(
            any(hit.start < one["end"] and one["start"] < hit.end for one in truth) for hit in hits
        )
        figures["all"] += len(hits)
    found = sum(figures[kind, True] for kind in KINDS)
    missed = sum(figures[kind, False] for kind in KINDS)
    recall, precision = found / (found + missed), figures["right"] / figures["all"]
    with capsys.disabled():
        print(f"\nredaction: recall {recall:.3f} of {found + missed}, precision {precision:.3f}")
        others = {key[0]: count for key, count in figures.items() if isinstance(key, tuple)}
        print("  left as they are:", {k: n for k, n in others.items() if k not in KINDS})
    assert recall >= 0.95
    assert precision >= 0.95
    assert not [key for key in figures if isinstance(key, tuple) and key[1] and key[0] not in KINDS]
