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
        ("last_name", "Whitfield", "My name is Dana Whitfield"),
        ("last_name", "Whitfield", "it's spelled W-H-I-T-F-I-E-L-D"),
        ("followup_needed", True, "No, that is wrong, yes call me"),
        ("address", "14 Elm Road", "fourteen Elm Road"),
        ("notes", "Prefers mornings", "I am here from 8 to 10"),
        ("notes", None, "forty"),
    ],
)
def test_words_that_agree_or_are_silent_are_no_contradiction(field, value, text):
    assert contradictions.check(field, value, text) is None


def test_the_last_words_count_when_the_caller_corrects_himself():
    change = Change(field="units", label="Units", after=14, evidence=("EVD-1", "EVD-2"))
    assert contradictions.find([change], {"EVD-1": "forty", "EVD-2": "sorry, fourteen"}) == []
    (found,) = contradictions.find([change], {"EVD-1": "fourteen", "EVD-2": "sorry, forty"})
    assert (found.heard, found.proposed) == ("40", "14")


def test_digits_in_words_are_read_as_they_are_dialled():
    assert spoken.figures("oh double seven triple four").digits == ("077444",)
    assert spoken.figures("forty two").numbers == {42.0}
