"""Strict JSON: one meaning only."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.api.parsers import MAX_BYTES, BadBody, BodyTooLarge, StrictJSON, loads


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"{", "line 1"),
        (b"", "line 1"),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": "\\u0000"}', "U+0000"),
        (b'{"\\u0000": 1}', "U+0000"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b"[" * 33 + b"]" * 33, "deeper"),
        (b"[" * 100_000, "deeper"),
        (b"1" * 10_000, ""),
    ],
)
def test_what_has_no_one_meaning_is_refused_with_words(raw, words):
    with pytest.raises(BadBody) as refused:
        loads(raw)
    assert words in refused.value.details["detail"]


def test_thirty_two_levels_are_enough_for_anybody():
    assert loads(b"[" * 31 + b"1" + b"]" * 31) is not None


def test_a_body_that_is_too_large_is_not_read_to_its_end():
    with pytest.raises(BodyTooLarge):
        StrictJSON().parse(io.BytesIO(b"1" * (MAX_BYTES + 1)))


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(raw):
    with contextlib.suppress(BadBody):
        assert loads(raw) == json.loads(raw)
