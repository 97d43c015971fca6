"""Evidence is what was heard: found in a final turn, never in what the caller did not hear."""

import pytest

from runs import evidence, people, scope
from runs.evidence import TurnText
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return northwind()


@pytest.fixture
def call(house):
    with scope.workspace(house.workspace.id):
        run = factories.make_run(house.workspace)
        yield factories.make_call(run, factories.make_connection(house.workspace))


def attach(call, turns, words, grade="stated"):
    by = people.agent("intake", call.workspace_id)
    return evidence.quote(call.run, turns=turns, quote=words, grade=grade, by=by, at=scope.now())


def text_of(turn, **changes):
    return TurnText(turn.id, turn.version, turn.text, **changes)


def test_a_quote_points_to_its_words_in_the_turn(call):
    turn = factories.make_turn(call, "caller", "The boiler failed its inspection on Monday.")
    found = attach(call, [text_of(turn)], "failed its inspection")
    assert (found.grade, evidence.words(found, turn.text)) == ("stated", "failed its inspection")


def test_the_newest_turn_that_holds_the_words_is_meant(call):
    first = factories.make_turn(call, "caller", "Text me.")
    second = factories.make_turn(call, "caller", "Yes, text me.")
    assert attach(call, [text_of(first), text_of(second)], "text me").turn_id == second.id


def test_words_of_a_turn_that_is_not_final_wait_unverified(call):
    turn = factories.make_turn(call, "caller", "", state="reserved", version=0)
    found = attach(call, [text_of(turn, final=False)], "text me")
    assert (found.grade, found.data["claimed"]) == ("unverified", "text me")


def test_an_unverified_quote_is_graded_once_its_turn_is_final(call):
    turn = factories.make_turn(call, "caller", "", state="reserved", version=0)
    found = attach(call, [text_of(turn, final=False)], "text me")
    later = TurnText(turn.id, 1, "Just text me please.")
    by = people.agent("intake", call.workspace_id)
    again = evidence.verify(found, turns=[later], by=by, at=scope.now())
    assert (again.grade, evidence.words(again, later.text)) == ("stated", "text me")


def test_what_was_not_heard_is_no_evidence(call):
    said = "We can come on Tuesday. It will cost eight hundred."
    turn = factories.make_turn(call, "agent", said, state="cut", heard_chars=23)
    found = attach(call, [text_of(turn, heard_chars=23)], "cost eight hundred")
    assert found.grade == "unverified"


def test_a_quote_whose_words_were_redacted_says_so(call):
    turn = factories.make_turn(call, "caller", "My number is 4111 1111.")
    found = attach(call, [text_of(turn)], "4111 1111")
    assert evidence.words(found, "My number is •••• ••••.") is None
