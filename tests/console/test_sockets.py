"""The live socket: every line once and in order, by role and workspace, whatever the bus does."""

import pytest

from runs import bus, ledger, scope
from tests.console.sockets import Socket, cookie_of
from voice.models import Call

# The database of these tests is used from other threads: it is committed to, never rolled back.
pytestmark = pytest.mark.usefixtures("committed_db")


def run_topic(scene):
    return f"run:{scene.call.public_id}"


def last_of(scene):
    with scene.scope():
        return ledger.last_number(scene.run.id)


def say_silence(scene, times=1):
    for _ in range(times):
        scene.say("silence.noted", position=scene.turns[-1].position, seconds=4)


async def test_a_line_comes_as_the_html_of_the_pages_own_partial(committed, socket, sync):
    last = await sync(last_of, committed)
    await socket.subscribe(run_topic(committed), last)
    hello = await socket.next()
    assert (hello["kind"], hello["number"]) == ("hello", last)
    await sync(say_silence, committed)
    frame = await socket.until(kind="silence.noted")
    assert frame["number"] == last + 1
    assert frame["target"] == "transcript"
    assert 'class="event' in frame["html"]
    assert "Nobody spoke for 4 s" in frame["html"]


async def test_who_was_away_gets_every_line_once_and_in_order(committed, socket, sync):
    last = await sync(last_of, committed)
    await socket.subscribe(run_topic(committed), last)
    await socket.until(kind="hello")
    await sync(say_silence, committed, 2)
    assert await socket.numbers(last + 2) == [last + 1, last + 2]
    await socket.close()
    await sync(say_silence, committed, 5)
    again = Socket(committed.slug, await sync(cookie_of, committed, "lena"))
    assert await again.open()
    await again.subscribe(run_topic(committed), last + 2)
    assert await again.numbers(last + 7) == [last + n for n in (3, 4, 5, 6, 7)]
    await again.close()


async def test_lines_that_the_bus_lost_are_read_again(committed, socket, sync, monkeypatch):
    last = await sync(last_of, committed)
    await socket.subscribe(run_topic(committed), last)
    await socket.until(kind="hello")
    with monkeypatch.context() as quiet:
        # As after a failure: the publisher lets messages go for a while.
        quiet.setattr(bus, "_resting_until", float("inf"))
        await sync(say_silence, committed, 3)
    await sync(say_silence, committed)
    assert await socket.numbers(last + 4) == [last + 1, last + 2, last + 3, last + 4]


async def test_without_any_message_the_heartbeat_finds_the_lines(
    committed, socket, sync, monkeypatch
):
    monkeypatch.setattr("runs.live.hub.HEARTBEAT_S", 0.2)
    monkeypatch.setattr(bus, "_resting_until", float("inf"))
    last = await sync(last_of, committed)
    await socket.subscribe(run_topic(committed), last)
    await socket.until(kind="hello")
    await sync(say_silence, committed, 2)
    assert await socket.numbers(last + 2) == [last + 1, last + 2]


async def test_many_lines_behind_are_caught_up_in_order(committed, socket, sync):
    last = await sync(last_of, committed)
    lines = [ledger.Line(committed.run.id, "noise.noted", {"position": 1024}) for _ in range(450)]

    def add():
        with committed.scope():
            ledger.append_many(lines, by=committed.agent, at=scope.now())

    await sync(add)
    await socket.subscribe(run_topic(committed), last)
    assert await socket.numbers(last + 450) == list(range(last + 1, last + 451))


async def test_a_number_from_nowhere_asks_for_a_snapshot(committed, socket, sync):
    await socket.subscribe(run_topic(committed), 10**9)
    await socket.until(kind="snapshot.needed")
    last = await sync(last_of, committed)
    await sync(say_silence, committed)
    assert await socket.numbers(last + 1) == [last + 1]


async def test_partial_text_comes_as_data_and_is_there_for_latecomers(committed, socket, sync):
    from tests import factories
    from voice.models import TurnPart

    def begin():
        with committed.scope():
            turn = factories.make_turn(committed.call, "caller", "", state="reserved", version=0)
            TurnPart.objects.create(
                workspace=committed.house.workspace, turn=turn, part=1, text="Well ", at=scope.now()
            )
            return turn

    turn = await sync(begin)
    await socket.subscribe(run_topic(committed), await sync(last_of, committed))
    frame = await socket.until(kind="turn.partial")
    assert frame["data"] == {"turn": turn.id.hex, "text": "Well "}
    part = {"turn": str(turn.id), "part": 2, "text": "Well actually"}
    await sync(bus.publish_part, committed.house.workspace.id, committed.run.id, part)
    frame = await socket.until(kind="turn.partial")
    assert (frame["number"], frame["data"]["text"]) == (None, "Well actually")
    assert "html" not in frame


async def test_a_field_brings_its_row_the_pill_and_the_marked_turn(committed, socket, sync):
    from runs import evidence, outcomes
    from runs.evidence import TurnText
    from tests import factories

    def capture():
        with committed.scope():
            at, by = scope.now(), committed.agent
            turn = committed.turns[3]
            found = evidence.quote(
                committed.run, turns=[TurnText(turn.id, 1, turn.text)], quote="Text me",
                grade="read_back", by=by, at=at,
            )  # fmt: skip
            outcomes.capture(
                committed.run, objective=factories.OBJECTIVE, key="preferred_follow_up",
                value="sms", grade="read_back", evidence=found, by=by, at=at,
            )  # fmt: skip

    await socket.subscribe(run_topic(committed), await sync(last_of, committed))
    await socket.until(kind="hello")
    await sync(capture)
    row = await socket.until(kind="field.captured", target="fields")
    assert 'data-status="captured"' in row["html"]
    pill = await socket.until(target="intake-status")
    assert "2 missing, 1 to confirm" in pill["html"]
    assert pill["number"] is None
    turn = await socket.until(target="transcript")
    assert '<mark class="mark-evidence"' in turn["html"]


async def test_an_escalation_is_said_and_shown(committed, socket, sync):
    turn = committed.turns[2]
    await socket.subscribe(run_topic(committed), await sync(last_of, committed))
    await socket.until(kind="hello")
    body = {"trigger": "pricing_commitment", "position": turn.position, "turn": str(turn.id)}
    await sync(lambda: committed.say("escalation.raised", **body))
    banner = await socket.until(target="escalations")
    assert "Pricing commitment asked at" in banner["say"]


async def test_the_state_of_the_line_is_drawn_anew(committed, socket, sync):
    def change():
        with committed.scope():
            Call.objects.filter(id=committed.call.id).update(voice_state="caller_speaking")
        workspace_id = committed.house.workspace.id
        bus.publish_part(workspace_id, committed.run.id, {"voice_state": "caller_speaking"})

    await socket.subscribe(run_topic(committed), await sync(last_of, committed))
    await socket.until(kind="hello")
    await sync(change)
    frame = await socket.until(kind="voice.state")
    assert "Caller speaking" in frame["html"]


async def test_the_run_page_gets_steps_and_the_call_page_none(committed, socket, sync):
    from runs import steps

    def step():
        with committed.scope():
            at, by = scope.now(), committed.agent
            made, _ = steps.begin(
                committed.run, key="summary", name="voice.summarize_call", kind="model",
                arguments={}, by=by, at=at,
            )  # fmt: skip
            steps.finish(made, state="done", result={"version": 1}, by=by, at=at)

    await socket.subscribe(f"run:{committed.run.public_id}", await sync(last_of, committed))
    await socket.until(kind="hello")
    await sync(step)
    row = await socket.until(target="steps")
    assert row["topic"] == f"run:{committed.run.public_id}"
    assert "Summary" in row["html"]


async def test_the_wall_redraws_a_tile_and_the_queue_a_row(committed, socket, sync):
    from runs.live.feeds import stamp

    for name in ("wall", "approvals"):
        await socket.subscribe(name, stamp())
        await socket.until(kind="hello", topic=name)
    await sync(say_silence, committed)
    tile = await socket.until(topic="wall", key=f"tile-{committed.call.public_id}")
    assert tile["target"] == "wall-attention"
    await sync(decide, committed)
    row = await socket.until(topic="approvals", key=f"queue-{committed.proposal.public_id}")
    assert "Approved by Lena Fischer" in row["html"]
    badges = await socket.until(kind="badges")
    assert badges["data"]["badges"]["approvals"]["count"] == 0


def decide(scene):
    client = scene.client("lena")
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    assert client.post(path, scene.decision()).status_code == 303


async def test_list_rows_changed_while_away_come_with_the_subscription(committed, socket, sync):
    from runs.live.feeds import stamp

    before = stamp()
    await sync(decide, committed)
    await socket.subscribe("approvals", before)
    row = await socket.until(kind="approvals.changed")
    assert committed.proposal.public_id in row["html"]


async def test_two_names_of_one_run_have_one_seat(committed, socket, sync):
    last = await sync(last_of, committed)
    await socket.subscribe(run_topic(committed), last)
    await socket.subscribe(f"run:{committed.run.public_id}", last)
    await socket.until(kind="hello", topic=f"run:{committed.run.public_id}")
    await sync(say_silence, committed)
    assert await socket.numbers(last + 1) == [last + 1]
