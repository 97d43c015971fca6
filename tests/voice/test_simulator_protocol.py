"""What a client may say on the socket and over REST, and the provider's answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus

from tests.voice.simulator_support import (
    CALLER,
    HELLO,
    SESSION,
    Sim,
    Watcher,
    attached,
    check_frames,
    check_order,
    kinds,
    play,
    running,
    steps,
    until,
)


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Sim]:
    async with running() as running_sim:
        yield running_sim


async def test_a_second_response_is_a_conflict(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(HELLO), speed=5)
    async with connecting as connection:
        await connection.response.create(event_id="first")
        await connection.response.create(event_id="second")
        error = (await until(connection, "error"))[-1]["error"]
    assert error["code"] == "conversation_already_has_active_response"
    assert error["event_id"] == "second"


async def test_a_response_with_nothing_to_say_is_empty(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(HELLO))
    async with connecting as connection:
        await connection.response.create(response={"metadata": {"purpose": "greeting"}})
        done = (await until(connection, "response.done"))[-1]["response"]
        assert done["metadata"] == {"purpose": "greeting"}
        await connection.response.create()
        done = (await until(connection, "response.done"))[-1]["response"]
    assert (done["status"], done["output"]) == ("completed", [])


async def test_an_operator_stops_the_speech(sim: Sim) -> None:
    _, connecting = await attached(sim, steps({**HELLO, "text": HELLO["text"] * 5}), speed=10)
    async with connecting as connection:
        await connection.response.create()
        started = (await until(connection, "output_audio_buffer.started"))[-1]
        await connection.response.cancel(response_id=started["response_id"])
        await connection.output_audio_buffer.clear()
        frames = await until(connection, "conversation.item.truncated")
        await connection.response.cancel(event_id="late")
        late = (await until(connection, "error"))[-1]["error"]
    done = next(f["response"] for f in frames if f["type"] == "response.done")
    assert done["status_details"]["reason"] == "client_cancelled"
    assert "output_audio_buffer.cleared" in kinds(frames)
    assert (late["code"], late["event_id"]) == ("response_cancel_not_active", "late")


async def test_session_update(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(HELLO))
    async with connecting as connection:
        await connection.send({"type": "session.update", "event_id": "bad", "session": {}})
        error = (await until(connection, "error"))[-1]["error"]
        assert (error["code"], error["param"]) == ("missing_required_parameter", "session.type")
        change: Any = {"type": "realtime", "model": "other", "instructions": "New."}
        await connection.session.update(session=change)
        session = (await until(connection, "session.updated"))[-1]["session"]
    assert session["instructions"] == "New."
    assert session["model"] == "gpt-realtime-2.1"
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 200
    assert {"id", "object", "expires_at", "tracing", "prompt", "include"} <= set(session)


async def test_items_keep_the_ids_of_the_client(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(HELLO))
    note: Any = {
        "id": "note_1",
        "type": "message",
        "role": "system",
        "content": [{"type": "input_text", "text": "Be brief."}],
    }
    async with connecting as connection:
        await connection.conversation.item.create(item=note, previous_item_id="root")
        frames = await until(connection, "conversation.item.done")
        assert [frame["item"]["id"] for frame in frames] == ["note_1", "note_1"]
        await connection.conversation.item.delete(item_id="note_1")
        await until(connection, "conversation.item.deleted")
        await connection.conversation.item.retrieve(item_id="note_1", event_id="gone")
        error = (await until(connection, "error"))[-1]["error"]
    assert (error["code"], error["event_id"]) == ("item_retrieve_invalid_item_id", "gone")


@pytest.mark.parametrize("state", ["unknown", "ringing", "ended"])
async def test_a_call_that_is_not_there_refuses_the_upgrade(sim: Sim, state: str) -> None:
    call_id = "rtc_u0_nobody" if state == "unknown" else await sim.place(steps(HELLO))
    if state == "ended":
        await sim.accept(call_id)
        await sim.client.realtime.calls.hangup(call_id)
    with pytest.raises(InvalidStatus) as refused:
        async with sim.client.realtime.connect(call_id=call_id):
            pass
    assert refused.value.response.status_code == 404
    body = json.loads(refused.value.response.body or b"")
    assert body["error"]["code"] == "call_id_not_found"


async def test_rest_errors_are_the_providers(sim: Sim) -> None:
    calls = sim.client.realtime.calls
    with pytest.raises(openai.NotFoundError) as gone:
        await calls.hangup("rtc_u0_dead")
    assert gone.value.code == "call_id_not_found"
    with pytest.raises(openai.AuthenticationError):
        await sim.client.with_options(api_key="sk-bad").realtime.calls.hangup("rtc_u0_dead")
    call_id = await sim.place(steps(HELLO))
    await calls.reject(call_id, status_code=486)
    assert (await sim.call(call_id))["end_reason"] == "rejected_486"
    with pytest.raises(openai.NotFoundError):
        await sim.accept(call_id)


async def test_a_conversation_without_a_call(sim: Sim) -> None:
    async with sim.client.realtime.connect(model="gpt-realtime-2.1") as connection:
        assert (await until(connection, "session.created"))[-1]["session"]["model"]
        await connection.response.create()
        assert (await until(connection, "response.done"))[-1]["response"]["output"] == []


async def test_unknown_switches_are_refused(sim: Sim) -> None:
    answer = await sim.post("/_sim/switches", {"volume": 3}, status=400)
    assert "unknown switch 'volume'" in answer["error"]
    answer = await sim.post("/_sim/calls", {"script": "nothing_like_it"}, status=400)
    assert "complete_intake" in answer["error"]


async def test_an_aside_is_no_part_of_the_conversation(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(HELLO), speed=10)
    aside: Any = {
        "conversation": "none",
        "output_modalities": ["text"],
        "metadata": {"is": "aside"},
    }
    async with connecting as connection:
        await connection.response.create()
        await connection.response.create(response=aside)
        frames = await until(connection, "output_audio_buffer.stopped")
    done = [f["response"] for f in frames if f["type"] == "response.done"]
    assert {each["conversation_id"] is None for each in done} == {True, False}
    added = [f for f in frames if f["type"] == "conversation.item.added"]
    assert len(added) == 1
    check_frames(frames)
    check_order(frames)


async def test_a_turn_without_interruption_lets_the_response_go_on(sim: Sim) -> None:
    cut_in = {"do": "caller_barge_in", "after_ms": 900, "text": "Hm.", "ms": 300}
    call_id = await sim.place(steps(HELLO, cut_in, HELLO), speed=30)
    detection = {"type": "server_vad", "interrupt_response": False}
    await sim.accept(call_id, audio={"input": {"turn_detection": detection}})
    frames = await Watcher(sim, call_id).run()
    assert "output_audio_buffer.cleared" not in kinds(frames)
    assert kinds(frames).count("output_audio_buffer.stopped") == 2
    check_order(frames)


async def test_a_client_may_end_the_turns_itself(sim: Sim) -> None:
    call_id = await sim.place(steps(CALLER, HELLO), speed=50)
    await sim.accept(call_id, audio={"input": {"turn_detection": None}})
    async with sim.client.realtime.connect(call_id=call_id) as connection:
        await connection.input_audio_buffer.commit(event_id="early")
        error = (await until(connection, "error"))[-1]["error"]
        assert error["code"] == "input_audio_buffer_commit_empty"
        async with asyncio.timeout(5):
            while not [turn for turn in (await sim.call(call_id))["said"] if turn["final"]]:
                await connection.input_audio_buffer.append(audio="AAAA")
        await connection.input_audio_buffer.commit()
        await until(connection, "input_audio_buffer.committed")
        await connection.response.create()
        done = (await until(connection, "response.done"))[-1]["response"]
    assert done["output"][0]["content"][0]["transcript"] == HELLO["text"]


async def test_calls_in_one_response_come_in_pieces(sim: Sim) -> None:
    call = {"name": "record_field", "arguments": {"field": "problem", "value": "A cold house"}}
    calls = {"do": "agent_calls", "calls": [call, call]}
    watcher, known = await play(sim, steps(HELLO, calls, {"do": "caller_hangup"}))
    done = [f for f in watcher.frames if f["type"] == "response.function_call_arguments.done"]
    pieces = [f for f in watcher.frames if f["type"] == "response.function_call_arguments.delta"]
    assert len({frame["response_id"] for frame in done}) == 1
    assert [json.loads(frame["arguments"]) for frame in done] == [call["arguments"]] * 2
    assert len(pieces) > len(done)
    assert [tool["output"] for tool in known["tool_calls"]] == ['{"ok":true}'] * 2


@pytest.mark.parametrize(
    ("mode", "status", "over"),
    [("ok_silent", 200, False), ("ok_closes", 200, True), ("http_500", 500, False)],
)
async def test_a_referral_has_no_outcome(sim: Sim, mode: str, status: int, over: bool) -> None:
    silence = {"do": "caller_silence", "ms": 60000}
    call_id, connecting = await attached(
        sim, steps(silence), switches={"refer": mode, "caller_close_code": 1000}
    )
    refer = sim.client.realtime.calls.with_raw_response.refer
    async with connecting as connection:
        if status == 200:
            await refer(call_id, target_uri="tel:+14155550123")
        else:
            with pytest.raises(openai.InternalServerError):
                await refer(call_id, target_uri="tel:+14155550123")
        if over:
            assert [frame async for frame in connection] == []
    call = await sim.call(call_id)
    assert call["referred_to"] == (["tel:+14155550123"] if status == 200 else [])
    assert (call["end_reason"] == "referred") is over


async def test_a_bad_session_is_not_accepted(sim: Sim) -> None:
    call_id = await sim.place(steps(HELLO))
    with pytest.raises(openai.BadRequestError) as refused:
        await sim.accept(call_id, extra_body={"temperature": 0.8})
    assert (refused.value.code, refused.value.param) == ("unknown_parameter", "temperature")
    await sim.accept(call_id)
    call = await sim.call(call_id)
    assert (call["state"], call["accepted_with"]) == ("accepted", SESSION)


@pytest.mark.parametrize("seed", range(4))
async def test_a_client_can_live_with_what_nobody_knows(sim: Sim, seed: int) -> None:
    await sim.post("/_sim/switches", {"draw": seed})
    watcher, call = await play(sim, "complete_intake", seed=seed)
    assert call["beat"] == call["beats"]
    check_frames(watcher.frames)
    check_order(watcher.frames)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"type": "conversation.item.create", "item": 5}, "invalid_value"),
        ({"type": "conversation.item.create"}, "missing_required_parameter"),
        (
            {
                "type": "conversation.item.create",
                "item": {"type": "message"},
                "previous_item_id": "x",
            },
            "item_create_invalid_previous_item_id",
        ),
        ({"type": "response.cancelled"}, "invalid_value"),
        ({"type": "conversation.item.truncate", "item_id": "x"}, "item_truncate_invalid_item_id"),
    ],
)
async def test_a_bad_event_is_answered_and_the_session_stays(
    sim: Sim, event: dict[str, Any], code: str
) -> None:
    _, connecting = await attached(sim, steps(HELLO))
    async with connecting as connection:
        await connection.send({**event, "event_id": "bad_1"})
        error = (await until(connection, "error"))[-1]["error"]
        await connection.response.create()
        await until(connection, "response.done")
    assert (error["code"], error["event_id"]) == (code, "bad_1")
