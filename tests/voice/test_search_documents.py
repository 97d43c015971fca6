"""Words that were said: found while a call is live and after it, gone when they are taken out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from runs import people, redaction, scope
from runs.ids import uuid7
from tests import factories
from tests.people import harbor, northwind
from voice import calls, search_documents, transcripts
from voice.models import Call, SearchDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = northwind()
    with scope.workspace(house.workspace.id):
        yield house


@pytest.fixture
def call(house):
    return dana_calls(house.workspace)


def dana_calls(workspace, *said):
    """A live call of Dana's with a text for each turn."""
    connection = factories.Connection.objects.first() or factories.make_connection(workspace)
    release = factories.Release.objects.first()
    call = factories.make_call(
        factories.make_run(workspace, release=release), connection, state="live"
    )
    for text in said or ("Northwind Heating, hello.", "Our boiler failed. It leaks. Please come!"):
        say(call, text)
    return call


def say(call, text):
    position = 1024 * (len(transcripts.of_call(call.id)) + 1)
    turn_id = uuid7()
    transcripts.reserve(
        call, turn_id, item_id=f"item_{position}", speaker="caller", position=position,
        at=scope.now(),
    )  # fmt: skip
    return transcripts.change(
        turn_id, state="final", text=text, version=1, reason="final", at=scope.now()
    )


def end(call):
    by = people.system("tests", call.workspace_id)
    assert calls.end(call, reason="caller_hung_up", by=by, at=scope.now())


def found(words):
    return [one for asked in search_documents.saying(words) for one in Call.objects.filter(asked)]


def test_a_call_is_found_while_it_is_live_and_once_after_it(call):
    assert found("boiler") == [call]
    assert not SearchDocument.objects.exists()
    end(call)
    assert found("boiler") == [call]
    assert SearchDocument.objects.get().call_id == call.id


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("BOILER leak", True),
        ("leaks hello", True),
        ('"boiler failed"', True),
        ('"failed boiler"', False),
        ("boiler -leaks", False),
        ("boiler or radiator", True),
        ("radiator", False),
        ("oiler", False),
        ("!!! & |", False),
        ("'; DROP TABLE voice_turn; --", False),
        ("\\':*", False),
    ],
)
def test_words_may_be_beginnings_and_phrases(call, words, is_found):
    before = found(words)
    end(call)
    assert before == found(words) == ([call] if is_found else [])


def test_a_turn_that_comes_after_the_end_is_found(call):
    end(call)
    say(call, "Ask for Zacharias.")
    assert found("zacharias boiler") == [call]


def test_what_is_taken_out_late_is_in_no_document(call):
    turn = say(call, "My card is 4111 1111 1111 1111.")
    end(call)
    assert found("4111") == [call]
    hit = redaction.Hit(0, 11, 30, "⟦card ••11⟧")
    text = redaction.apply(turn.text, [hit], 0)
    transcripts.redact(turn.id, text=text, version=2, hits=[hit], at=scope.now())
    assert found("4111") == []
    assert "4111" not in SearchDocument.objects.get().words


def test_another_workspace_finds_nothing_and_no_scope_is_an_error(call):
    end(call)
    with scope.workspace(harbor().workspace.id):
        assert found("boiler") == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM voice_searchable")
            assert cursor.fetchone() == (0,)


def test_without_a_scope_nothing_can_be_searched():
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="no workspace scope"):
        cursor.execute("SELECT call_id FROM voice_searchable")


def test_the_sentence_that_was_said_stands_with_its_turn(house, call):
    other = dana_calls(house.workspace, "A boiler.", "It failed. A failed boiler is cold.")
    said = search_documents.sentences([call.id, other.id], "boiler fail")
    marked = [one.text.replace("\x02", "[").replace("\x03", "]") for one in said.values()]
    assert sorted(marked) == ["A [failed] [boiler] is cold.", "Our [boiler] [failed]."]
    assert {one.position for one in said.values()} == {2048}


def test_words_of_several_turns_show_the_first_of_them(call):
    (said,) = search_documents.sentences([call.id], "leaks hello").values()
    assert said.plain == "Northwind Heating, hello."


def test_of_a_long_sentence_the_words_are_shown(house):
    call = dana_calls(house.workspace, "word " * 200 + "boiler " + "word " * 200)
    (said,) = search_documents.sentences([call.id], "boiler").values()
    assert "\x02boiler\x03" in said.text
    assert len(said.plain) <= search_documents.LONGEST_SENTENCE + 2


def test_a_call_that_was_missed_has_no_words(house):
    call = factories.make_call(
        factories.make_run(house.workspace),
        factories.make_connection(house.workspace),
        scope.now() - timedelta(minutes=1),
    )
    calls.miss(
        call, reason="not_answered", by=people.system("t", call.workspace_id), at=scope.now()
    )
    assert SearchDocument.objects.get().words == ""
