"""Whatever a value is: said in our own words it is no contradiction, and another one said is one."""

from datetime import date

from hypothesis import assume, example, given
from hypothesis import strategies as st

from approvals import contradictions

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENDINGS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
           "nine": "ninth", "twelve": "twelfth"}  # fmt: skip
FRAMES = ("{}", "It is {}", "Well, {} please", "I would say {}, thanks")
GIVEN = ("Anna", "Ben", "Chidi", "Dana", "Elif", "François")
FAMILY = ("Smith", "Jones", "Okafor", "Müller", "O'Brien", "van Dyk")


def in_words(number):
    for size, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {'and ' if size == 100 else ''}{in_words(number % size)}"
            return f"{in_words(number // size)} {name}" + (rest if number % size else "")
    if number < 20:
        return ONES[number]
    return TENS[number // 10 - 2] + (f" {ONES[number % 10]}" if number % 10 else "")


def ordinal(number):
    first, _space, last = in_words(number).rpartition(" ")
    last = ENDINGS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{first} {last}".strip()


def one_by_one(digits):
    return " ".join("oh" if one == "0" else ONES[int(one)] for one in digits)


def days_said(day):
    month = f"{day:%B}"
    year = f"{in_words(day.year // 100)} {in_words(day.year % 100)}"
    return (
        f"{month} {ordinal(day.day)}, {year}", f"the {ordinal(day.day)} of {month} {day.year}",
        f"{day.day} {month} {day.year}", f"{month} {day.day}, {in_words(day.year)}", day.isoformat(),
        f"{day:%A} the {ordinal(day.day)} of {month}",
    )  # fmt: skip


def told(field, value, said, frame="{}"):
    found = contradictions.check(field, value, frame.format(said))
    return found.kind if found else ""


NUMBERS = st.integers(0, 10**9 - 1) | st.integers(0, 3000)
PHONES = st.from_regex(r"[1-9][0-9]{9}", fullmatch=True)
DAYS = st.dates(date(2010, 1, 1), date(2099, 12, 31)).filter(lambda one: one.year % 100 > 9)
PEOPLE = st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY))


@given(NUMBERS, NUMBERS, st.sampled_from(FRAMES))
@example(2000000, 2500, "{}")
def test_numbers(one, other, frame):
    assert told("units", one, in_words(one), frame) == ""
    assert told("units", one, f"{one:,}", frame) == ""
    assume(one != other)
    assert told("units", other, f"{one}", frame) == "number"
    assume(one > 99)
    assert told("units", other, in_words(one), frame) == "number"


@given(PHONES, st.integers(0, 9), st.integers(1, 9), st.sampled_from(FRAMES))
def test_telephone_numbers(national, place, more, frame):
    wrong = f"{national[:place]}{(int(national[place]) + more) % 10}{national[place + 1 :]}"
    for said in (one_by_one(f"0{national}"), f"0{national[:4]} {national[4:]}", f"+44 {national}"):
        assert told("mobile", f"+44{national}", said, frame) == ""
        assert told("mobile", f"+44{wrong}", said, frame) == "number"


@given(DAYS, DAYS)
@example(date(2027, 3, 9), date(2027, 3, 4))
@example(date(2020, 3, 20), date(2020, 3, 21))
def test_days(one, other):
    for said in days_said(one):
        assert told("visit_on", one.isoformat(), said) == "", said
        if one != other and (one.day, one.month) != (other.day, other.month):
            assert told("visit_on", other.isoformat(), said) == "date", said


@given(PEOPLE, PEOPLE, st.sampled_from(["My name is {}.", "This is {} speaking", "I'm {}"]))
def test_names(one, other, frame):
    said = " ".join(one)
    assert told("full_name", said, said, frame) == ""
    assert told("last_name", one[1], said, frame) == ""
    if one != other:
        assert told("full_name", " ".join(other), said, frame) == "name"


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["GBP", "EUR"]))
def test_sums_of_money(one, other, currency):
    named = {"GBP": "pounds", "EUR": "euros"}[currency]
    value = {"amount": f"{one}.00", "currency": currency}
    for said in (f"{in_words(one)} {named}", f"{one:,} {named}", f"{one:,}.00 {named}"):
        assert told("refund", value, said) == ""
        assert told("refund", {**value, "currency": "USD"}, said) == "number"
        if one != other:
            assert told("refund", {**value, "amount": str(other)}, said) == "number"


@given(st.text(max_size=80), st.sampled_from(["units", "mobile", "name", "visit_on", "refund"]),
       st.sampled_from([14, True, "+447700900181", "Anna Smith", "2027-03-09", "900 GBP", "a@b.example"]))  # fmt: skip
def test_any_text_can_be_listened_to(text, field, value):
    assert told(field, value, text) in ("", "number", "date", "name", "answer", "address")
