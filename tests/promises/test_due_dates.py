"""The moment that spoken words give, in the zone of the business. Monday, 30 November 2026."""

from datetime import UTC, datetime

import pytest

from voice import due_dates

HEARD = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("today", "2026-11-30 23:59"),
        ("by tomorrow", "2026-12-01 23:59"),
        ("the day after tomorrow", "2026-12-02 23:59"),
        ("tomorrow morning", "2026-12-01 12:00"),
        ("tomorrow at 9", "2026-12-01 09:00"),
        ("before five", "2026-11-30 17:00"),
        ("by 2 pm", "2026-12-01 14:00"),
        ("at 16:45 today", "2026-11-30 16:45"),
        ("within two hours", "2026-11-30 16:30"),
        ("in three days", "2026-12-03 23:59"),
        ("within five working days", "2026-12-07 23:59"),
        ("on Friday", "2026-12-04 23:59"),
        ("Monday", "2026-12-07 23:59"),
        ("end of the week", "2026-12-04 23:59"),
        ("next week", "2026-12-11 23:59"),
        ("end of the month", "2026-11-30 23:59"),
        ("by 3 December", "2026-12-03 23:59"),
        ("January the 4th", "2027-01-04 23:59"),
        ("2026-12-24", "2026-12-24 23:59"),
        ("right away", "2026-11-30 15:30"),
        ("morgen um 9 uhr", "2026-12-01 09:00"),
        ("übermorgen", "2026-12-02 23:59"),
        ("bis freitag", "2026-12-04 23:59"),
        ("in zwei wochen", "2026-12-14 23:59"),
    ],
)
def test_words_give_a_moment(words, due):
    found = due_dates.resolve(words, HEARD, "Europe/London")
    assert f"{found.at:%Y-%m-%d %H:%M}" == due


@pytest.mark.parametrize(
    "words", ["", "soon", "as soon as we can", "when the part is here", "31 June"]
)
def test_words_that_give_none_stay_words(words):
    assert due_dates.resolve(words, HEARD, "Europe/London") is None


def test_a_day_is_a_day_of_the_business():
    """Half past eleven at night in London is the next day in Berlin already."""
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    berlin = due_dates.resolve("today", late, "Europe/Berlin")
    assert berlin.at.astimezone(UTC) == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kind", "due", "type"),
    [
        ("We call you if the part comes", "call", "tomorrow", "conditional"),
        ("We call you back", "call", "", "callback"),
        ("I send it", "email", "right away", "immediate"),
        ("I send it", "email", "tomorrow", "scheduled"),
        ("I send it", "email", "", "open"),
    ],
)
def test_a_promise_has_one_of_five_types(text, kind, due, type):
    found = due_dates.resolve(due, HEARD, "Europe/London")
    assert due_dates.type_of(text, kind, due, found) == type
