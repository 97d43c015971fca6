"""What nobody knows of the provider, one way and the other; and the doors beside the telephone."""

import json
import os
import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from tests.voice.simulator_support import (
    HELLO,
    SESSION,
    Sim,
    attached,
    check_frames,
    check_order,
    kinds,
    play,
    running,
    steps,
    until,
)
from voice.simulator.switches import Switches

SEED = int(os.environ.get("SIMULATOR_SEED") or random.SystemRandom().randrange(100_000))
QUIET = {"do": "caller_silence", "ms": 60_000}


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Sim]:
    async with running() as running_sim:
        yield running_sim


def test_every_unknown_is_drawn_one_way_and_the_other() -> None:
    drawn: dict[str, set[object]] = {}
    for seed in range(60):
        switches = Switches()
        switches.draw(seed)
        for name, value in vars(switches).items():
            drawn.setdefault(name, set()).add(value)
    unknown = {name for name, values in drawn.items() if len(values) > 1}
    assert unknown >= {"session_created", "cut_order", "audio_format", "ring_timeout_ms"}
    assert unknown >= {"close_code", "caller_close_code", "refer", "error_codes"}
    assert unknown >= {"silence_transcribed", "second_sideband", "keys_are_speech"}


@pytest.mark.parametrize("way", ["joins", "replaces"])
async def test_a_second_sideband_joins_or_replaces_the_first(sim: Sim, way: str) -> None:
    call_id, connecting = await attached(sim, steps(QUIET), switches={"second_sideband": way})
    async with connecting as first, sim.client.realtime.connect(call_id=call_id) as second:
        await second.session.update(session={"type": "realtime"})
        await until(second, "session.updated")
        if way == "joins":
            await until(first, "session.updated")
        else:
            with pytest.raises(ConnectionClosed):
                await until(first, "never")


@pytest.mark.parametrize(
    ("codes", "code"), [("named", "item_retrieve_invalid_item_id"), ("null", None)]
)
async def test_a_code_that_nobody_has_seen_may_be_missing(
    sim: Sim, codes: str, code: str | None
) -> None:
    _, connecting = await attached(sim, steps(QUIET), switches={"error_codes": codes})
    async with connecting as connection:
        await connection.conversation.item.retrieve(item_id="item_no", event_id="ask_1")
        error = (await until(connection, "error"))[-1]["error"]
    assert (error["code"], error["event_id"]) == (code, "ask_1")


async def test_a_failed_response_says_why(sim: Sim) -> None:
    fails = {"do": "agent_fails", "code": "inference_rate_limit_exceeded"}
    _, connecting = await attached(sim, steps(fails, HELLO))
    async with connecting as connection:
        await connection.response.create()
        frames = await until(connection, "response.done")
        await connection.response.create()
        again = await until(connection, "response.done")
    failed = frames[-1]["response"]
    assert failed["status_details"]["error"]["code"] == "inference_rate_limit_exceeded"
    assert again[-1]["response"]["output"][0]["content"][0]["transcript"] == HELLO["text"]
    check_frames(frames)


async def test_the_sdk_reads_every_frame_without_loss(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(HELLO), speed=60)
    async with connecting as connection:
        await connection.response.create()
        while True:
            raw = await connection.recv_bytes()
            event = connection.parse_event(raw)
            assert json.loads(event.to_json(exclude_unset=True)) == json.loads(raw)
            if event.type == "output_audio_buffer.stopped":
                break


async def test_a_browser_creates_a_call(sim: Sim) -> None:
    await sim.post("/_sim/switches", {"webrtc_script": "wrong_number"})
    answer = await sim.client.realtime.calls.create(sdp="v=0\r\n", session=SESSION)
    assert answer.response.status_code == 201
    assert answer.text.startswith("v=0\r\n")
    call_id = answer.response.headers["location"].rsplit("/", 1)[-1]
    async with sim.client.realtime.connect(call_id=call_id) as connection:
        await connection.session.update(session={"type": "realtime"})
        assert kinds(await until(connection, "session.updated")) == ["session.updated"]
    call = await sim.call(call_id)
    assert (call["state"], call["script"]) == ("accepted", "wrong_number")


@pytest.mark.parametrize("body", [b"", b"hello"])
async def test_an_offer_that_is_none_is_refused(sim: Sim, body: bytes) -> None:
    headers = {"Content-Type": "application/sdp"}
    url = f"{sim.url}/v1/realtime/calls"
    async with sim.http.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["param"] == "sdp"


@pytest.mark.parametrize("number", [0, 1, 2], ids=lambda number: f"seed{SEED + number}")
async def test_a_client_keeps_up_with_whatever_the_seed_draws(sim: Sim, number: int) -> None:
    await sim.post("/_sim/switches", {"draw": SEED + number})
    for script in ("keypad_reference", "long_silence", "barge_in_during_generation"):
        watcher, call = await play(sim, script, seed=SEED + number)
        assert call["beat"] == call["beats"]
        check_frames(watcher.frames)
        check_order(watcher.frames)
