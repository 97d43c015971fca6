"""Turns: reserved once, filled later, every text kept as a version."""

import pytest

from runs import scope
from runs.ids import uuid7
from tests import factories
from tests.voice import switchboard_support as support
from voice import transcripts
from voice.models import TurnVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    line = support.make_line()
    with scope.workspace(line.workspace.id):
        run = factories.make_run(line.workspace, release=factories.Release.objects.get())
        yield factories.make_call(run, line.connection)


def reserve(call, item_id, position):
    return transcripts.reserve(
        call,
        uuid7(),
        item_id=item_id,
        speaker="caller",
        position=position,
        at=scope.now(),
    )


def test_a_turn_is_reserved_once(call):
    first = reserve(call, "item_1", 1024)
    assert reserve(call, "item_1", 2048).id == first.id
    assert [turn.state for turn in transcripts.of_call(call.id)] == ["reserved"]


def test_parts_make_the_text_so_far_and_go_when_it_is_final(call):
    turn = reserve(call, "item_1", 1024)
    for number, text in ((1, "My "), (2, "boiler"), (2, "boiler")):
        transcripts.add_parts(
            [transcripts.Part(call.workspace_id, turn.id, number, text)], at=scope.now()
        )
    assert transcripts.partials(call.id) == {turn.id: "My boiler"}
    transcripts.change(
        turn.id, state="final", text="My boiler.", version=1, reason="final", at=scope.now()
    )
    assert transcripts.partials(call.id) == {}


def test_every_text_is_kept_as_a_version(call):
    turn = reserve(call, "item_1", 1024)
    for version, state, text, reason in (
        (1, "final", "Let me explain", "final"),
        (2, "cut", "Let me explain", "cut"),
    ):
        transcripts.change(
            turn.id,
            state=state,
            text=text,
            version=version,
            reason=reason,
            heard_chars=3 if state == "cut" else None,
            at=scope.now(),
        )
    turn.refresh_from_db()
    assert (turn.state, turn.version, turn.heard_chars) == ("cut", 2, 3)
    versions = TurnVersion.objects.filter(turn=turn).order_by("version")
    assert [one.reason for one in versions] == ["final", "cut"]


def test_the_order_is_by_position_and_a_turn_can_be_moved(call):
    first, second = reserve(call, "item_1", 1024), reserve(call, "item_2", 2048)
    transcripts.move(first.id, 3072)
    assert [turn.id for turn in transcripts.of_call(call.id)] == [second.id, first.id]
