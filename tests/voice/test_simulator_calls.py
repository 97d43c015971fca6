"""The simulator against the unmodified SDK: whole calls, and the facts a client relies on."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from tests.voice.simulator_support import (
    CALLER,
    HELLO,
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
from voice.simulator.script import ScriptShelf, load_script
from voice.simulator.state import SCRIPTS

NAMES = ScriptShelf(SCRIPTS).names()
RECORD = {"name": "record_field", "arguments": {"field": "problem", "value": "Boiler broken"}}


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Sim]:
    async with running() as running_sim:
        yield running_sim


ENDS = {"agent_ended": "client_hung_up", "session_limit": "session_expired"}
# A client that leaves the silent alone: the product hangs up after a while.
LEFT_ALONE = {"nobody_speaks": "caller_hung_up", "line_drops_once": None, "odd_frames": None}


@pytest.mark.parametrize("name", [name for name in NAMES if LEFT_ALONE.get(name, "") is not None])
async def test_a_script_plays_to_its_end(sim: Sim, name: str) -> None:
    reason = load_script(SCRIPTS / f"{name}.jsonl").expect["end_reason"]
    reason = LEFT_ALONE.get(name) or ENDS.get(reason, reason)
    watcher, call = await play(sim, name)
    assert (call["state"], call["end_reason"], call["beat"]) == ("ended", reason, call["beats"])
    assert all(tool["answers"] == 1 for tool in call["tool_calls"])
    assert call["unknown_outputs"] == []
    check_frames(watcher.frames)
    check_order(watcher.frames)


async def test_what_the_frames_say_is_what_was_said(sim: Sim) -> None:
    watcher, call = await play(sim, "complete_intake")
    words: dict[str, str] = {}
    for frame in watcher.frames:
        if frame["type"].endswith(("transcription.completed", "audio_transcript.done")):
            words[frame["item_id"]] = frame["transcript"]
    said = {turn["item_id"]: turn["text"] for turn in call["said"]}
    assert words == said


async def test_generation_is_faster_than_playback(sim: Sim) -> None:
    watcher, _ = await play(sim, steps(HELLO), speed=20)
    seen = kinds(watcher.frames)
    assert seen.index("response.done") < seen.index("output_audio_buffer.stopped")
    assert "response.output_audio.delta" not in seen
    assert "session.created" not in seen


async def test_barge_in_cuts_what_the_caller_hears(sim: Sim) -> None:
    cut_in = {"do": "caller_barge_in", "after_ms": 1200, "text": "Stop there.", "ms": 900}
    watcher, call = await play(sim, steps(HELLO, cut_in), speed=40)
    seen = kinds(watcher.frames)
    order = [
        "input_audio_buffer.speech_started",
        "output_audio_buffer.cleared",
        "conversation.item.truncated",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
    ]
    assert [seen.index(kind) for kind in order] == sorted(seen.index(kind) for kind in order)
    agent = call["said"][0]
    assert agent["interrupted"]
    assert agent["text"] == HELLO["text"]
    assert agent["heard"] != agent["text"]
    assert agent["text"].startswith(agent["heard"])


async def test_barge_in_while_generating_cancels_the_response(sim: Sim) -> None:
    moment = {"moment": "generation", "after_words": 6}
    cut_in = {"do": "caller_barge_in", "text": "Stop there.", "ms": 900, **moment}
    watcher, _ = await play(sim, steps(HELLO, cut_in), speed=20)
    done = next(f["response"] for f in watcher.frames if f["type"] == "response.done")
    assert done["status"] == "cancelled"
    assert done["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert done["output"][0]["status"] == "incomplete"
    check_order(watcher.frames)


async def test_transcripts_may_come_after_the_answer(sim: Sim) -> None:
    await sim.post("/_sim/switches", {"transcript_delay_ms": 8000})
    watcher, _ = await play(sim, steps(HELLO, CALLER, HELLO))
    seen = kinds(watcher.frames)
    completed = seen.index("conversation.item.input_audio_transcription.completed")
    assert seen.count("response.done") >= 2
    assert completed > [i for i, kind in enumerate(seen) if kind == "response.done"][1]
    check_order(watcher.frames)


async def test_no_transcription_was_asked_for(sim: Sim) -> None:
    call_id = await sim.place(steps(HELLO, CALLER))
    await sim.accept(call_id, audio={})
    watcher = Watcher(sim, call_id)
    frames = await watcher.run()
    assert not any("transcription" in kind for kind in kinds(frames))
    assert "input_audio_buffer.committed" in kinds(frames)


async def test_silence_becomes_a_turn(sim: Sim) -> None:
    silence = {"do": "caller_silence", "ms": 9000}
    ask = {"do": "agent_says", "text": "Are you still there?"}
    watcher, call = await play(sim, steps(HELLO, silence, ask, {"do": "caller_hangup"}))
    seen = kinds(watcher.frames)
    at = seen.index("input_audio_buffer.timeout_triggered")
    assert seen[at + 1] == "input_audio_buffer.committed"
    assert [turn["text"] for turn in call["said"]] == [HELLO["text"], ask["text"]]
    check_frames(watcher.frames)


async def test_keys_come_without_an_event_id(sim: Sim) -> None:
    keys = {"do": "caller_dtmf", "keys": "42#"}
    watcher, _ = await play(sim, steps(HELLO, keys, {"do": "caller_hangup"}))
    pressed = [f for f in watcher.frames if f["type"].endswith("dtmf_event_received")]
    assert [frame["event"] for frame in pressed] == ["4", "2", "#"]
    assert all("event_id" not in frame for frame in pressed)


@pytest.mark.parametrize("code", [1000, 1006])
async def test_hang_up_by_the_client_closes_the_socket(sim: Sim, code: int) -> None:
    await sim.post("/_sim/switches", {"close_code": code})
    call_id, connecting = await attached(sim, steps(HELLO))
    async with connecting as connection:
        await sim.client.realtime.calls.hangup(call_id)
        with pytest.raises(ConnectionClosed) as closed:
            await until(connection, "never")
    assert (closed.value.rcvd.code if closed.value.rcvd else 1006) == code
    assert (closed.value.sent is None) is (code == 1006)


async def test_hang_up_in_the_middle_of_a_sentence_drops_the_rest(sim: Sim) -> None:
    hang_up = {"do": "caller_hangup", "mid_sentence": True, "text": "Well, I think it was on the"}
    watcher, call = await play(sim, steps(HELLO, hang_up), speed=20)
    assert watcher.close_code == 1006
    assert "input_audio_buffer.speech_started" in kinds(watcher.frames)
    assert not any(kind.endswith("completed") for kind in kinds(watcher.frames))
    assert call["said"][-1]["final"] is False


async def test_the_call_goes_on_while_nobody_watches(sim: Sim) -> None:
    """A dropped socket loses frames, not the call; unanswered calls come again."""
    script = steps(
        HELLO,
        {"do": "drop_socket"},
        CALLER,
        {"do": "agent_calls", "calls": [RECORD]},
        {"do": "caller_says", "text": "Are you there?", "ms": 900},
        {"do": "agent_says", "text": "Yes, I am."},
    )
    await sim.post("/_sim/switches", {"patience_floor_ms": 300})
    call_id = await sim.place(script)
    await sim.accept(call_id)
    first = Watcher(sim, call_id)
    await first.run()
    assert first.close_code == 1006
    await asyncio.sleep(0.3)
    second = Watcher(sim, call_id, greet=False)
    await second.run()
    call = await sim.call(call_id)
    assert call["sockets_opened"] == 2
    assert [turn["text"] for turn in call["said"]][-1] == "Yes, I am."
    assert [tool["given_up"] for tool in call["tool_calls"]] == [True, False]
    assert call["frames_missed"] > 0


async def test_nobody_attaches(sim: Sim) -> None:
    await sim.post("/_sim/switches", {"attach_timeout_ms": 50})
    call_id = await sim.place(steps(HELLO))
    await sim.accept(call_id)
    await asyncio.sleep(0.15)
    assert (await sim.call(call_id))["end_reason"] == "nobody_attached"


async def test_the_same_seed_plays_the_same_call(sim: Sim) -> None:
    frames = []
    for call_id in ("rtc_u0_one", "rtc_u0_one"):
        async with running() as fresh:
            await fresh.place(steps(HELLO), call_id=call_id)
            await fresh.accept(call_id)
            frames.append(await Watcher(fresh, call_id).run())
    ids = [[f["response"]["id"] for f in run if f["type"] == "response.created"] for run in frames]
    assert ids[0]
    assert ids[0] == ids[1]
