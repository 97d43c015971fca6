"""The contradiction gate's checker: what was said against what is proposed, without any model."""

import pytest

from approvals import contradictions, spoken
from approvals.contents import Change


@pytest.mark.parametrize(
    ("field", "value", "text", "kind"),
    [
        ("units", 40, "We have fourteen of them", "number"),
        ("units", 40, "It's 14 units", "number"),
        ("mobile", "+447700900181", "It's oh double seven double oh nine double oh one one eight", "number"),
        ("email", "dana@whitfield.example", "dana at whitfeld dot example", "address"),
        ("visit_on", "2026-12-04", "Come on the fifth of December", "date"),
        ("visit_on", "2026-12-04", "Thursday would be fine", "date"),
        ("last_name", "Whitfield", "My name is Dana Brookes", "name"),
        ("followup_needed", True, "No, don't call me back", "answer"),
        ("followup_needed", False, "Yes please", "answer"),
        ("address", "40 Elm Road", "I live at fourteen Elm Road", "number"),
        ("units", 10**400, "We have fourteen of them", "number"),
        ("mobile", "+12125550199", "Area code 212, and then the number is 555 0188", "number"),
        ("mobile", "+12125550199", "Area code 213, number 555 0199", "number"),
        ("mobile", "+4477009001", "oh double seven double oh nine double oh one eight one", "number"),
        ("mobile", "+447700900231", "It was 07700 900231, now it's 07700 900555", "number"),
        ("visit_on", "2027-03-09", "by March fourth 2027", "date"),
        ("visit_on", "2027-03-09", "March twenty first, twenty twenty seven", "date"),
        ("visit_on", "2028-03-04", "March 4th, 2027", "date"),
        ("visit_on", "2026-12-04", "By the seventh, please", "date"),
        ("name", "Anna Jones", "My name is Anna Smith", "name"),
        ("full_name", "Ben Smith", "I'm Anna Smith", "name"),
        ("contact_name", "Anna Jones", "my last name is Smith", "name"),
        ("last_name", "Dana", "My name is Dana Brookes", "name"),
        ("first_name", "Brookes", "My name is Dana Brookes", "name"),
        ("company", "Acme Ltd", "My company is called Brightwater", "name"),
        ("refund", {"amount": "900.00", "currency": "GBP"}, "twelve hundred pounds", "number"),
        ("refund", {"amount": "900.00", "currency": "GBP"}, "nine hundred euros", "number"),
        ("refund", "900.00 GBP", "It was €900", "number"),
        ("followup_needed", True, "No, please don't do that", "answer"),
        ("followup_needed", True, "I don't want anybody to ring me about this again", "answer"),
        ("followup_needed", True, "I'd rather not", "answer"),
        ("followup_needed", False, "Yes, no problem", "answer"),
        ("email", "bobsmith@x.example", "bob dot smith at x dot example", "address"),
    ],
)  # fmt: skip
def test_words_that_say_otherwise_are_found(field, value, text, kind):
    found = contradictions.check(field, value, text)
    assert found is not None
    assert (found.field, found.kind, found.rule) == (field, kind, f"contradicts_{kind}")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("units", 14, "We have fourteen of them"),
        ("units", 114, "a hundred and fourteen"),
        ("mobile", "+447700900181", "oh seven seven double oh nine double oh one eight one"),
        ("mobile", "+447700900181", "it ends in nine double oh one eight one"),
        ("mobile", "+447700900181", "07700 900181, not the old one"),
        ("email", "dana@whitfield.example", "dana at whitfield dot example"),
        ("email", "dana@whitfield.example", "use my work address"),
        ("visit_on", "2026-12-04", "Friday the fourth of December"),
        ("visit_on", "2026-12-04", "You may come any day"),
        ("notes", "On 4 Dec, done by 2 Dec.", "On the fourth of December, so the second at the latest"),
        ("last_name", "Whitfield", "My name is Dana Whitfield"),
        ("last_name", "Whitfield", "it's spelled W-H-I-T-F-I-E-L-D"),
        ("followup_needed", True, "No, that is wrong, yes call me"),
        ("address", "14 Elm Road", "fourteen Elm Road"),
        ("notes", "Prefers mornings", "I am here from 8 to 10"),
        ("notes", None, "forty"),
        ("problem", "Charged twice on 3 October", "charged twice for one visit"),
        ("mobile", "+447700900555", "07700 900556, no sorry, 07700 900555"),
        ("name", "Peter Parker", "This is about my bill"),
        ("followup_needed", True, "Not today, tomorrow please"),
        ("followup_needed", True, "I can't hear you"),
        ("refund", {"amount": "0.50", "currency": "GBP"}, "fifty pence"),
        ("email", "jdoe42@mail.example", "jdoe four two at mail dot example"),
        ("units", 2000000, "two million"),
        ("units", 2500, "two and a half thousand"),
        ("units", 2500, "about 2.5k"),
        ("price", 1200.5, "1,200.50"),
        ("email", "bob.smith@x.example", "bob smith at x dot example"),
        ("mobile", "+447700900555", "07700 900555, after 17 30, extension 1234"),
        ("mobile", "+44 (0)20 7946 0123", "plus four four twenty seventy nine forty six oh one two three"),
        ("visit_on", "2027-03-21", "March twenty first, twenty twenty seven"),
        ("visit_on", "2026-12-04", "Friday the fourth or Saturday the fifth of December"),
        ("visit_on", "2026-12-04", "It is on the third floor"),
        ("name", "A. Smith", "My name is Anna Smith"),
        ("name", "Anna Müller", "I'm Anna Mueller"),
        ("name", "Anna Smith", "This is Anna"),
        ("name", "Anna", "It's Friday today"),
        ("first_name", "Anna", "My last name is Smith"),
        ("company", "Acme Ltd", "My name is Anna"),
        ("refund", {"amount": "12.50", "currency": "GBP"}, "twelve pounds fifty"),
        ("refund", {"amount": "1200.50", "currency": "EUR"}, "it was 1.200,50 €"),
        ("refund", {"amount": "900", "currency": "USD"}, "nine hundred dollars"),
        ("followup_needed", True, "I don't mind"),
        ("followup_needed", True, "Yes, no problem"),
    ],
)  # fmt: skip
def test_words_that_agree_or_are_silent_are_no_contradiction(field, value, text):
    assert contradictions.check(field, value, text) is None


def test_the_last_words_count_when_the_caller_corrects_himself():
    change = Change(field="units", label="Units", after=14, evidence=("EVD-1", "EVD-2"))
    assert contradictions.find([change], {"EVD-1": "forty", "EVD-2": "sorry, fourteen"}) == []
    (found,) = contradictions.find([change], {"EVD-1": "fourteen", "EVD-2": "sorry, forty"})
    assert (found.heard, found.proposed) == ("40", "14")


def test_words_that_are_silent_leave_the_word_to_those_before():
    change = Change(field="units", label="Units", after=40, evidence=("EVD-1", "EVD-2"))
    (found,) = contradictions.find([change], {"EVD-1": "fourteen", "EVD-2": "thanks a lot"})
    assert (found.heard, found.proposed) == ("14", "40")


def test_a_number_that_was_dictated_in_two_parts_is_one_number():
    change = Change(field="mobile", label="Mobile", after="+447700900181", evidence=("E1", "E2"))
    said = {"E1": "oh seven seven double oh nine", "E2": "double oh one eight one"}
    assert contradictions.find([change], said) == []
    (found,) = contradictions.find([change], {**said, "E2": "double oh one eight two"})
    assert found.kind == "number"


def test_digits_in_words_are_read_as_they_are_dialled():
    assert spoken.figures("oh double seven triple four").digits == ("077444",)
    assert spoken.figures("forty two").numbers == {42.0}
