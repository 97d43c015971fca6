"""Keys that a caller typed: the model gets them or not, the record keeps them or not."""

import pytest

from runs import keypad


@pytest.mark.parametrize(
    ("sensitivity", "told", "kept"),
    [
        ("plain", "123456", "123456"),
        ("masked", "123456", "6 keys ••56"),
        ("secret", "typed; there is nothing to compare it with", ""),
    ],
)
def test_what_is_told_and_kept(sensitivity, told, kept):
    found = keypad.take("123456", sensitivity)
    assert (found.told, found.kept) == (told, kept)


def test_masked_is_the_default_and_shows_little_of_short_ones():
    assert keypad.take("1234").kept == "4 keys"


def test_digits_that_are_a_card_are_masked_although_they_may_be_kept():
    assert keypad.take("4111111111111111", "plain").kept == "16 keys ••11"


def test_a_model_may_only_ask_for_more_care():
    assert keypad.stricter("masked", "plain") == "masked"
    assert keypad.stricter("plain", "secret") == "secret"


def test_a_secret_is_only_compared():
    right = keypad.take("4821", "secret", expected="4821")
    assert (right.told, right.kept, right.matches) == ("match", "", True)
    assert keypad.take("4822", "secret", expected="4821").told == "no match"
