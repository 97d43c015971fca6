"""What stands behind a promise, by rules alone."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.backing import NOTHING, Candidate, Heard, Match, match

TEN = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
BEFORE, AFTER = TEN - timedelta(minutes=1), TEN + timedelta(minutes=1)


def promised(text, kind="email"):
    return Heard(id="p1", kind=kind, text=text, at=TEN)


def effect(type="send_email", stage="confirmed", at=AFTER, words="", made_for="", id="OBX-1"):
    return Candidate(id=id, type=type, stage=stage, at=at, words=words, made_for=made_for)


def test_nothing_stands_behind_it():
    assert match(promised("I'll e-mail you the list of papers"), []) == NOTHING


def test_a_receipt_for_a_mail_that_names_it_keeps_it():
    mail = effect(words="As promised: the list of papers for the inspection")
    assert match(promised("I'll e-mail you the list of papers"), [mail]) == Match("kept", "OBX-1")


def test_a_mail_about_something_else_does_not():
    mail = effect(words="Your appointment on Thursday")
    assert match(promised("I'll e-mail you the signed contract"), [mail]) == NOTHING


def test_a_promise_that_names_nothing_is_kept_by_any_mail():
    assert match(promised("We will send you an e-mail"), [effect(words="Hello")]).state == "kept"


def test_what_was_sent_before_the_words_does_not_keep_them():
    mail = effect(at=BEFORE, words="the list of papers")
    assert match(promised("I'll e-mail you the list of papers"), [mail]) == NOTHING


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        ("wished", "under_way"),
        ("moving", "under_way"),
        ("failed", "broken"),
        ("doubted", "broken"),
        ("confirmed", "kept"),
    ],
)
def test_how_far_the_effect_is(stage, state):
    mail = effect(stage=stage, words="list of papers")
    assert match(promised("the list of papers"), [mail]).state == state


def test_the_best_of_several_counts():
    failed = effect(stage="failed", words="papers", id="OBX-F")
    moving = effect(stage="moving", words="papers", id="OBX-M")
    assert match(promised("the papers"), [failed, moving]) == Match("under_way", "OBX-M")


def test_a_task_carries_a_call_back_and_does_not_keep_it():
    task = effect("create_task", words="Call Dana Whitfield back")
    assert match(promised("We'll call you back", kind="call"), [task]).state == "under_way"


def test_a_task_for_something_else_carries_nothing():
    task = effect("create_task", words="Order a gasket")
    assert match(promised("We'll call you back", kind="call"), [task]) == NOTHING


def test_a_task_keeps_the_task_that_it_names():
    task = effect("create_task", words="Check the inspection papers of Dana")
    promise = promised("Check the inspection papers", kind="task")
    assert match(promise, [task]).state == "kept"


def test_what_was_made_for_another_promise_counts_for_that_one_only():
    other = effect("create_task", words="Check the papers", made_for="p2")
    mine = effect("create_task", words="Anything", made_for="p1", id="OBX-2")
    promise = promised("Check the papers", kind="task")
    assert match(promise, [other]) == NOTHING
    assert match(promise, [other, mine]) == Match("kept", "OBX-2")


def test_a_change_of_a_record_keeps_no_mail():
    change = effect("update_contact", words="list of papers")
    assert match(promised("I'll e-mail you the list of papers"), [change]) == NOTHING
