"""What people read instead of codes."""

from datetime import UTC, datetime, timedelta

import pytest

from console.builders import record
from console.pictures import times
from console.pictures.pieces import Segments
from console.words import fields


@pytest.mark.parametrize(
    ("late", "words"),
    [(20, "Overdue 1 min"), (7140, "Overdue 119 min"), (9300, "Overdue 2 h"),
     (90000, "Overdue 25 h"), (172800, "Overdue 2 days")],
)  # fmt: skip
def test_what_is_late_says_so_in_the_unit_that_people_use(late, words):
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert times.left(now - timedelta(seconds=late), now=now) == words


@pytest.mark.parametrize(
    ("code", "words"), [("sms", "SMS"), ("phone", "Phone"), ("as_is", "As is")]
)
def test_a_choice_reads_as_people_write_it(code, words):
    assert fields.option(code) == words


def test_a_field_of_the_crm_has_a_label_and_an_unknown_one_keeps_its_own():
    assert fields.label("followup_needed", "Followup needed") == "Follow-up needed"
    assert fields.label("boiler_age", "Boiler age") == "Boiler age"


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        (("captured", "captured"), "2 of 2"),
        (("captured", "unsure"), "1 of 2, 1 to confirm"),
        (("captured", "missing"), "1 of 2"),
    ],
)
def test_a_record_that_is_complete_but_unsure_says_so(slots, words):
    assert record.counted(Segments(slots=slots, words="")) == words


def test_the_queue_names_what_is_done_and_for_whom(scene, lena):
    html = lena.get(scene.path("approvals/")).content.decode()
    assert "Update contact · Dana Whitfield" in html
    assert "Update contact in CRM · " not in html


def test_a_banner_quotes_the_words_that_raised_it(scene, lena):
    html = lena.get(scene.path(f"live/{scene.call.public_id}/")).content.decode()
    banner = html.split('class="escalation')[1].split("</div>")[0]
    assert "“" in banner
    assert "The agent may not" not in banner
