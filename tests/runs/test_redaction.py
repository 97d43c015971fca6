"""Card and social security numbers in digits and words, in one turn and over several."""

import pytest

from runs import redaction

CARDS = [
    ("my card is 4111 1111 1111 1111 expiry 12 26", "my card is ⟦card ••11⟧ expiry 12 26"),
    ("4111-1111-1111-1111.", "⟦card ••11⟧."),
    ("four one double one, triple one one one one one one one one one one", "⟦card ••11⟧"),
    ("forty-one eleven eleven eleven eleven eleven eleven eleven", "⟦card ••11⟧"),
    ("Three seven eight two, eight two two four six three one oh oh oh five", "⟦card ••05⟧"),
    ("４１１１１１１１１１１１１１１１", "⟦card ••11⟧"),
]
SOCIAL = [
    ("my social is five three two one nine six six four four", "my social is ⟦ssn ••44⟧"),
    ("it's 532-19-6644", "it's ⟦ssn ••44⟧"),
    ("my SSN is 532196644 thanks", "my SSN is ⟦ssn ••44⟧ thanks"),
]
STAYS = [
    "call +44 7700 900 123 or 07700 900123",
    "on 2026-11-25 10:30, order 1234567890123",
    "+4111111111111111 is how a telephone number is written",
    "reference 532196644",
    "4111 1111 1111 1112 fails the check digit",
    "I have two dogs, one cat, and forty-one fish",
]


@pytest.mark.parametrize(("given", "kept"), CARDS + SOCIAL)
def test_a_number_is_replaced_however_it_is_said(given, kept):
    assert redaction.text(given) == kept
    assert redaction.text(kept) == kept, "redacting twice changes nothing"


@pytest.mark.parametrize("given", STAYS)
def test_other_numbers_stay(given):
    assert redaction.text(given) == given


def test_nine_digits_are_social_where_they_were_asked_for():
    asked = "What is your social security number?"
    assert redaction.text("532196644", context=asked) == "⟦ssn ••44⟧"


def kept_of(*texts):
    hits = redaction.find(texts)
    return [redaction.apply(text, hits, index) for index, text in enumerate(texts)]


def test_pieces_of_a_card_in_several_turns():
    texts = (
        "it's four one one one",
        "okay",
        "one one one one",
        "then 1111",
        "one one one one thanks",
    )
    assert kept_of(*texts) == ["it's ⟦card⟧", "okay", "⟦card⟧", "then ⟦card⟧", "⟦card ••11⟧ thanks"]


def test_words_between_two_numbers_part_them():
    texts = "I want 4111 of them", "the order has 111111111111"
    assert kept_of(*texts) == list(texts)


def test_a_repeated_post_code_is_no_card():
    texts = "6 3 4 6 2", "63462", "6 3 4 6 2 3"
    assert kept_of(*texts) == list(texts)


def test_offsets_move_to_the_safe_side():
    text = "my card is 4111111111111111 okay"
    hits = redaction.find([text])
    kept = redaction.apply(text, hits, 0)
    assert redaction.moved(hits, 0, 2) == 2
    assert redaction.moved(hits, 0, 15) == kept.index("⟦")
    assert kept[redaction.moved(hits, 0, text.index("okay")) :] == "okay"


def test_the_tail_that_is_held_back():
    assert redaction.tail("my card is 4111 11") == len("my card is ")
    assert redaction.tail("four one, okay") == len("four one, okay")


def test_values_inside_json():
    given = '{"key": "social_security", "value": "532196644", "n": 4111111111111111}'
    kept = redaction.in_json(given)
    assert "532196644" not in kept
    assert "4111111111111111" not in kept
    assert redaction.in_json('{"a": 1,  "b":"+447700900123"}') == '{"a": 1,  "b":"+447700900123"}'
