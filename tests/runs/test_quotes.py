"""A quote is found where it stands, in code points, and never inside a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs import quotes

SAID = "It’s the upstairs unit — the one we replaced in 2019. It trips the breaker."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("the upstairs unit", "the upstairs unit"),
        ("THE UPSTAIRS UNIT", "the upstairs unit"),
        ("the one, we replaced in 2019", "the one we replaced in 2019"),
        ("“It trips the breaker.”", "It trips the breaker."),
        ("its the upstairs", "It’s the upstairs"),
    ],
)
def test_a_quote_is_found_whatever_its_case_and_punctuation(quote, found):
    span = quotes.find(SAID, quote)
    assert span is not None
    assert SAID[span.start : span.end] == found


@pytest.mark.parametrize("quote", ["rip the breaker", "", "  ", "…", "a price under eight"])
def test_what_was_not_said_is_not_found(quote):
    assert quotes.find(SAID, quote) is None


def test_words_beyond_what_was_heard_are_not_found():
    assert quotes.find(SAID, "It trips the breaker", before=SAID.index("It trips")) is None


@given(st.text(min_size=1), st.text(), st.text())
def test_a_literal_quote_between_spaces_is_always_found(quote, left, right):
    text = f"{left} {quote} {right}"
    span = quotes.find(text, quote)
    if quote.strip().strip("\"'“”‘’… "):
        assert span is not None
