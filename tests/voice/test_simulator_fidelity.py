"""What the provider is known to do, rule by rule: F1 to F23."""

import asyncio
import importlib
import inspect
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

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

ELSEWHERE = {
    "F1": "protocol.test_a_call_that_is_not_there_refuses_the_upgrade",
    "F4": "protocol.test_a_second_response_is_a_conflict",
    "F5": "calls.test_a_script_plays_to_its_end",
    "F9": "calls.test_generation_is_faster_than_playback",
    "F13": "calls.test_keys_come_without_an_event_id",
    "F14": "protocol.test_calls_in_one_response_come_in_pieces",
    "F15": "protocol.test_a_referral_has_no_outcome",
    "F16": "calls.test_hang_up_by_the_client_closes_the_socket",
    "F19": "protocol.test_items_keep_the_ids_of_the_client",
    "F20": "protocol.test_a_response_with_nothing_to_say_is_empty",
    "F22": "webhooks.test_a_bad_signature_is_refused",
}
QUIET = {"do": "caller_silence", "ms": 60_000}
BARGE = {"do": "caller_barge_in", "text": "One moment, please.", "ms": 900}
IDS = {
    "event": r"event_([0-9A-Za-z]{21}|[0-9a-f]{16})",
    "item": r"item_[0-9A-Za-z]{21}",
    "response": r"resp_[0-9A-Za-z]{21}",
    "call": r"call_[0-9A-Za-z]{16}",
}


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Sim]:
    async with running() as running_sim:
        yield running_sim


def test_every_rule_has_its_test() -> None:
    own = {re.sub(r"^test_f(\d+).*", r"F\1", name) for name in globals() if name[:6] == "test_f"}
    for place in ELSEWHERE.values():
        module, name = place.split(".")
        found = importlib.import_module(f"tests.voice.test_simulator_{module}")
        assert inspect.isfunction(getattr(found, name)), place
    assert own | set(ELSEWHERE) == {f"F{number}" for number in range(1, 24)}


@pytest.mark.parametrize("created", [False, True])
async def test_f2_only_a_primary_connection_begins_with_session_created(
    sim: Sim, created: bool
) -> None:
    _, connecting = await attached(sim, steps(QUIET), switches={"session_created": created})
    async with connecting as connection:
        await connection.session.update(session={"type": "realtime"})
        seen = kinds(await until(connection, "session.updated"))
    assert seen == (["session.created"] if created else []) + ["session.updated"]
    async with sim.client.realtime.connect(model="gpt-realtime-2.1") as connection:
        assert json.loads(await connection.recv_bytes())["type"] == "session.created"


async def test_f3_an_update_answers_with_the_whole_session(sim: Sim) -> None:
    _, connecting = await attached(sim, steps(QUIET), switches={"audio_format": "audio/pcmu"})
    async with connecting as connection:
        change: Any = {"type": "realtime", "instructions": "", "tools": [], "model": "other"}
        await connection.session.update(session=change)
        frames = await until(connection, "session.updated")
    session = frames[-1]["session"]
    assert (session["instructions"], session["tools"]) == ("", [])
    assert session["model"] == SESSION["model"]
    assert session["audio"]["input"]["noise_reduction"] is None
    assert session["audio"]["output"]["format"] == {"type": "audio/pcmu"}
    check_frames(frames)


async def test_f6_rate_limits_follow_the_end_of_a_response(sim: Sim) -> None:
    watcher, _ = await play(sim, steps(HELLO, CALLER, HELLO))
    seen = kinds(watcher.frames)
    ends = [place for place, kind in enumerate(seen) if kind == "response.done"]
    assert all(seen[place + 1] == "rate_limits.updated" for place in ends)
    limits = [f["rate_limits"] for f in watcher.frames if f["type"] == "rate_limits.updated"]
    assert {each["name"] for limit in limits for each in limit} == {"tokens"}


async def test_f7_a_delta_is_padded_to_blocks_of_sixteen(sim: Sim) -> None:
    watcher, _ = await play(sim, "complete_intake")
    deltas = [f for f in watcher.frames if f["type"].endswith(".delta")]
    assert len(deltas) > 50
    assert all((len(f["delta"]) + len(f["obfuscation"])) % 16 == 0 for f in deltas)


async def test_f8_a_primary_connection_gets_the_audio_itself(sim: Sim) -> None:
    watcher, _ = await play(sim, steps(HELLO))
    seen = kinds(watcher.frames)
    assert "output_audio_buffer.started" in seen
    assert "response.output_audio.delta" not in seen
    assert "response.output_audio.done" in seen


@pytest.mark.parametrize(("delay", "inside"), [(0, False), (8_000, True)])
async def test_f10_the_words_of_a_turn_come_before_or_after_the_answer(
    sim: Sim, delay: int, inside: bool
) -> None:
    script = steps(HELLO, CALLER, HELLO)
    watcher, _ = await play(sim, script, speed=40, switches={"transcript_delay_ms": delay})
    seen = kinds(watcher.frames)
    committed = seen.index("input_audio_buffer.committed")
    item = watcher.frames[seen.index("conversation.item.added", committed)]["item"]
    assert item["content"] == [{"type": "input_audio", "transcript": None}]
    words = seen.index("conversation.item.input_audio_transcription.completed")
    answered = seen.index("response.done", committed)
    assert (words > answered) is inside
    assert "response.created" in seen[committed:answered]


@pytest.mark.parametrize("order", ["done_first", "cleared_first"])
@pytest.mark.parametrize(
    ("moment", "output", "buffer"),
    [
        ({"moment": "playback", "after_ms": 900}, None, True),
        ({"moment": "generation", "after_words": 5}, "incomplete", True),
        ({"moment": "before_audio"}, "", False),
    ],
    ids=["playback", "generation", "before_audio"],
)
async def test_f11_a_caller_cuts_in(
    sim: Sim, order: str, moment: dict[str, Any], output: str | None, buffer: bool
) -> None:
    script = steps(HELLO, {**BARGE, **moment}, HELLO)
    watcher, call = await play(sim, script, speed=30, switches={"cut_order": order})
    cut = next(f["response"] for f in watcher.frames if f["type"] == "response.done")
    assert (cut["status"] == "cancelled") is (output is not None)
    if output is not None:
        assert cut["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert [item["status"] for item in cut["output"]] == ([output] if output else [])
    assert ("output_audio_buffer.cleared" in kinds(watcher.frames)) is buffer
    assert call["said"][-1]["text"] == HELLO["text"]
    check_order(watcher.frames)


async def test_f11_a_cut_falls_at_the_same_word_each_time(sim: Sim) -> None:
    script = steps(HELLO, {**BARGE, "moment": "generation", "after_words": 4})
    texts = [(await play(sim, script, speed=speed))[1]["said"][0]["text"] for speed in (30, 200)]
    assert texts == ["Hello, this is the"] * 2


async def test_f12_silence_counts_from_the_end_of_playback(sim: Sim) -> None:
    watcher, _ = await play(sim, steps(HELLO, {"do": "caller_silence", "ms": 8500}), speed=60)
    seen = kinds(watcher.frames)
    triggered = seen.index("input_audio_buffer.timeout_triggered")
    assert "output_audio_buffer.stopped" in seen[:triggered]
    frame = watcher.frames[triggered]
    assert 7_900 <= frame["audio_end_ms"] - frame["audio_start_ms"] < 12_000


async def test_f12_semantic_detection_has_no_idle_timeout(sim: Sim) -> None:
    call_id = await sim.place(steps(HELLO, {"do": "caller_silence", "ms": 9000}), speed=100)
    await sim.accept(call_id, audio={"input": {"turn_detection": {"type": "semantic_vad"}}})
    frames = await Watcher(sim, call_id).run()
    assert "input_audio_buffer.timeout_triggered" not in kinds(frames)


@pytest.mark.parametrize("speech", [False, True])
async def test_f13_tones_may_reach_the_detection_of_speech(sim: Sim, speech: bool) -> None:
    keys = {"do": "caller_dtmf", "keys": "4*#"}
    switches = {"keys_are_speech": speech}
    watcher, _ = await play(sim, steps(HELLO, keys, {"do": "caller_hangup"}), switches=switches)
    assert ("input_audio_buffer.speech_started" in kinds(watcher.frames)) is speech
    pressed = [f["event"] for f in watcher.frames if f["type"].endswith("dtmf_event_received")]
    assert pressed == ["4", "*", "#"]
    check_frames(watcher.frames)


async def test_f13_keys_may_be_typed_ahead(sim: Sim) -> None:
    keys = {"do": "caller_dtmf", "keys": "12", "ahead": True}
    watcher, _ = await play(sim, steps(HELLO, keys, {"do": "caller_hangup"}), speed=20)
    seen = kinds(watcher.frames)
    pressed = seen.index("input_audio_buffer.dtmf_event_received")
    assert pressed < seen.index("output_audio_buffer.stopped")


@pytest.mark.parametrize("code", [1000, 1005, 1006, 1011])
async def test_f16_a_socket_may_be_lost_with_any_code(sim: Sim, code: int) -> None:
    call_id, connecting = await attached(sim, steps(QUIET))
    async with connecting as connection:
        await sim.post(f"/_sim/calls/{call_id}/drop_socket", {"code": code})
        with pytest.raises(ConnectionClosed) as closed:
            await until(connection, "never")
    assert (closed.value.rcvd.code if closed.value.rcvd else 1006) == code
    assert (await sim.call(call_id))["state"] == "accepted"


@pytest.mark.parametrize("way", ["limit", "script", "control"])
async def test_f17_an_expired_session_says_so_and_closes(sim: Sim, way: str) -> None:
    script = steps(HELLO, {"do": "session_expires"}) if way == "script" else steps(QUIET)
    limits = {"session_ms": 4_000} if way == "limit" else {}
    call_id = await sim.place(script, switches=limits)
    await sim.accept(call_id)
    watcher = Watcher(sim, call_id)
    watching = asyncio.create_task(watcher.run())
    if way == "control":
        await asyncio.sleep(0.1)
        await sim.post(f"/_sim/calls/{call_id}/expire")
    frames = await asyncio.wait_for(watching, 10)
    assert (frames[-1]["type"], frames[-1]["error"]["code"]) == ("error", "session_expired")
    assert watcher.close_code == 1001
    assert (await sim.call(call_id))["end_reason"] == "session_expired"


async def test_f18_frames_come_twice_late_and_in_another_order(sim: Sim) -> None:
    faults = {"frames_repeated": 0.3, "frames_swapped": 0.2, "frame_delay_ms": 40}
    watcher, call = await play(sim, steps(HELLO, CALLER, HELLO), switches=faults)
    plain, _ = await play(sim, steps(HELLO, CALLER, HELLO))
    ids = [f["event_id"] for f in watcher.frames if "event_id" in f]
    assert len(set(ids)) < len(ids)
    distinct = list(dict.fromkeys(json.dumps(frame) for frame in watcher.frames))
    seen = [json.loads(text)["type"] for text in distinct]
    assert sorted(seen) == sorted(kinds(plain.frames))
    assert seen != kinds(plain.frames)
    assert call["frames_missed"] == 0


async def test_f18_a_frame_may_be_no_json_and_of_no_known_type(sim: Sim) -> None:
    faults = {"frames_broken": 1.0, "unknown_events": True}
    _, connecting = await attached(sim, steps(HELLO), switches=faults)
    texts: list[bytes] = []
    async with connecting as connection:
        await connection.response.create()
        while not texts or b"call.quality_measured" not in texts[-1]:
            texts.append(await connection.recv_bytes())
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(await connection.recv_bytes())


async def test_f21_absent_and_null_are_two_things(sim: Sim) -> None:
    watcher, _ = await play(sim, steps(HELLO, CALLER, HELLO))
    first = {frame["type"]: frame for frame in reversed(watcher.frames)}
    created, done = first["response.created"]["response"], first["response.done"]["response"]
    assert created["usage"] is created["status_details"] is done["metadata"] is None
    assert first["conversation.item.added"]["previous_item_id"] is None
    assert set(first["output_audio_buffer.started"]) == {"type", "event_id", "response_id"}
    assert "object" not in first["conversation.item.added"]["item"]
    assert "logprobs" not in first["conversation.item.input_audio_transcription.completed"]


async def test_f23_ids_look_like_the_providers(sim: Sim) -> None:
    call_id = await sim.place("complete_intake")
    await sim.accept(call_id)
    frames = await Watcher(sim, call_id).run()
    assert re.fullmatch(r"rtc_u0_[0-9A-Za-z]{21}", call_id)
    for frame in frames:
        for name, value in (
            ("event", frame.get("event_id")),
            ("item", frame.get("item_id")),
            ("response", frame.get("response_id")),
            ("call", frame.get("call_id")),
        ):
            assert value is None or re.fullmatch(IDS[name], value), (name, value)
    media = [f["event_id"] for f in frames if f["type"].startswith("output_audio_buffer.")]
    assert all(len(each) == len("event_") + 16 for each in media)
