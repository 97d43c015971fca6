"""A running simulator, the unmodified SDK as its client, and the order every call must keep."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, get_args

import aiohttp
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel, Field, TypeAdapter
from websockets.exceptions import ConnectionClosed

from voice.simulator.server import Options, build_simulator, start

SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(
    Annotated[RealtimeServerEvent, Field(discriminator="type")]
)
CLASSES = {
    each.model_fields["type"].annotation.__args__[0]: each
    for each in get_args(get_args(RealtimeServerEvent)[0])
}
ALLOWED = {"item.phase", "output.phase", "session.id", "session.object", "session.expires_at"}
"""What the provider adds to the SDK's types, by its place."""
SESSION = {
    "type": "realtime",
    "model": "gpt-realtime-2.1",
    "instructions": "Take the details.",
    "audio": {
        "input": {
            "transcription": {"model": "gpt-live-transcribe"},
            "turn_detection": {"type": "server_vad", "idle_timeout_ms": 8000},
        },
        "output": {"voice": "marin"},
    },
    "tools": [{"type": "function", "name": "record_field", "parameters": {"type": "object"}}],
}
HELLO = {"do": "agent_says", "text": "Hello, this is the assistant, how can I help you today?"}
CALLER = {"do": "caller_says", "text": "My boiler is broken.", "ms": 1500}
Frame = dict[str, Any]


@dataclass
class Sim:
    url: str
    http: aiohttp.ClientSession
    client: AsyncOpenAI

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        async with self.http.post(self.url + path, json=body or {}) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def get(self, path: str) -> Any:
        async with self.http.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def place(self, script: Any, **options: Any) -> str:
        body = {"script": script, "speed": 100, "seed": 7, **options}
        answer = await self.post("/_sim/calls", body, status=201)
        call_id: str = answer["call_id"]
        return call_id

    async def call(self, call_id: str) -> Any:
        return await self.get(f"/_sim/calls/{call_id}")

    async def accept(self, call_id: str, **changes: Any) -> None:
        body: Any = {**SESSION, **changes}
        await self.client.realtime.calls.accept(call_id, **body)


@contextlib.asynccontextmanager
async def running(state: Path | None = None, **options: Any) -> AsyncIterator[Sim]:
    runner, port = await start(build_simulator(Options(state=state, **options)))
    url = f"http://127.0.0.1:{port}"
    client = AsyncOpenAI(api_key="sk-demo", base_url=f"{url}/v1", max_retries=0)
    try:
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer demo"}) as http, client:
            yield Sim(url, http, client)
    finally:
        await runner.cleanup()


@dataclass
class Watcher:
    """Answers tools at once, asks for a response when one ends, hangs up after end_dialog."""

    sim: Sim
    call_id: str
    greet: bool = True
    answer_tools: bool = True
    frames: list[Frame] = field(default_factory=list)
    close_code: int | None = None
    unanswered: list[str] = field(default_factory=list)
    ending: bool = False

    async def run(self) -> list[Frame]:
        async with self.sim.client.realtime.connect(call_id=self.call_id) as connection:
            if self.greet:
                await connection.response.create(event_id="greet")
            try:
                while True:
                    frame = json.loads(await connection.recv_bytes())
                    self.frames.append(frame)
                    await self.react(connection, frame)
            except ConnectionClosed as closed:
                self.close_code = closed.rcvd.code if closed.rcvd else 1006
        return self.frames

    async def react(self, connection: AsyncRealtimeConnection, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "response.function_call_arguments.done" and self.answer_tools:
            self.ending = self.ending or frame["name"] == "end_dialog"
            item: Any = {
                "type": "function_call_output",
                "call_id": frame["call_id"],
                "output": '{"ok":true}',
            }
            await connection.conversation.item.create(item=item)
            self.unanswered.append(frame["call_id"])
        elif kind == "response.done" and self.unanswered:
            self.unanswered.clear()
            await connection.response.create()
        elif kind == "output_audio_buffer.stopped" and self.ending and not self.unanswered:
            with contextlib.suppress(Exception):
                await self.sim.client.realtime.calls.hangup(self.call_id)


async def play(sim: Sim, script: Any, **options: Any) -> tuple[Watcher, Any]:
    """A whole call; the frames that its client got and what the simulator knows of it."""
    call_id = await sim.place(script, **options)
    await sim.accept(call_id)
    watcher = Watcher(sim, call_id)
    await asyncio.wait_for(watcher.run(), 30)
    return watcher, await sim.call(call_id)


def steps(*wanted: dict[str, Any]) -> dict[str, Any]:
    return {"steps": list(wanted)}


async def attached(sim: Sim, script: Any, **options: Any) -> tuple[str, Any]:
    call_id = await sim.place(script, **options)
    await sim.accept(call_id)
    return call_id, sim.client.realtime.connect(call_id=call_id)


async def until(connection: Any, kind: str) -> list[dict[str, Any]]:
    """Frames up to the first of this kind."""
    frames = []
    async with asyncio.timeout(10):
        while True:
            frames.append(json.loads(await connection.recv_bytes()))
            if frames[-1]["type"] == kind:
                return frames


def check_frames(frames: list[Frame]) -> None:
    """Every frame is what the SDK knows, with no more than the provider really adds."""
    for frame in frames:
        event = SERVER_EVENT.validate_python(frame)
        assert type(event) is CLASSES[frame["type"]]
        extra = set(_extras(event))
        assert extra <= ALLOWED | ({"obfuscation"} if frame["type"].endswith(".delta") else set())
        if "obfuscation" in frame:
            assert (len(frame["delta"]) + len(frame["obfuscation"])) % 16 == 0


def _extras(model: BaseModel, place: str = "") -> Iterator[str]:
    yield from (f"{place}{name}" for name in model.model_extra or {})
    for name, value in model:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel) and name in type(model).model_fields:
                yield from _extras(each, f"{name}.")


def check_order(frames: list[Frame]) -> None:
    """The rules that held for every recorded call (O1 to O12)."""
    order = Order()
    for frame in frames:
        order.see(frame)


class Order:
    def __init__(self) -> None:
        self.created: set[str] = set()
        self.closed: set[str] = set()
        self.added: set[str] = set()
        self.output_added: set[str] = set()
        self.parts: set[str] = set()
        self.text: dict[str, str] = defaultdict(str)
        self.arguments: dict[str, str] = defaultdict(str)
        self.done_items: dict[str, list[str]] = defaultdict(list)
        self.stopped: set[str] = set()
        self.committed: set[str] = set()
        self.playing: set[str] = set()
        self.event_ids: set[str] = set()

    def see(self, frame: Frame) -> None:
        kind, item = frame["type"], frame.get("item_id", "")
        if "event_id" in frame:
            assert frame["event_id"] not in self.event_ids
            self.event_ids.add(frame["event_id"])
        if kind.startswith("response."):
            self._see_response(kind, item, frame)
        elif kind.startswith("output_audio_buffer."):
            self._see_playback(kind, frame["response_id"])
        elif kind == "rate_limits.updated":
            assert self.closed
        elif kind == "conversation.item.added":
            self.added.add(frame["item"]["id"])
        elif kind == "conversation.item.done":
            assert frame["item"]["id"] in self.added
        elif kind in ("input_audio_buffer.speech_stopped", "input_audio_buffer.timeout_triggered"):
            self.stopped.add(item)
        elif kind == "input_audio_buffer.committed":
            assert item in self.stopped
            self.committed.add(item)
        elif kind.endswith("input_audio_transcription.completed"):
            assert item in self.committed

    def _see_response(self, kind: str, item: str, frame: Frame) -> None:
        response = frame.get("response_id") or frame["response"]["id"]
        if kind == "response.created":
            self.created.add(response)
        assert response in self.created, kind
        assert response not in self.closed, kind
        if kind == "response.output_item.added":
            self.output_added.add(frame["item"]["id"])
        elif kind == "response.output_item.done":
            assert frame["item"]["id"] in self.output_added
            self.done_items[response].append(frame["item"]["id"])
        elif kind == "response.content_part.added":
            self.parts.add(item)
        elif kind in ("response.output_audio_transcript.delta", "response.output_text.delta"):
            assert item in self.parts
            self.text[item] += frame["delta"]
        elif kind == "response.output_audio_transcript.done":
            assert frame["transcript"] == self.text[item]
        elif kind == "response.function_call_arguments.delta":
            self.arguments[item] += frame["delta"]
        elif kind == "response.function_call_arguments.done":
            assert frame["arguments"] == self.arguments[item]
        elif kind == "response.done":
            self.closed.add(response)
            output = [each["id"] for each in frame["response"]["output"]]
            assert output == self.done_items[response]

    def _see_playback(self, kind: str, response: str) -> None:
        if kind == "output_audio_buffer.started":
            self.playing.add(response)
        else:
            assert response in self.playing, kind
            self.playing.discard(response)


def kinds(frames: list[Frame]) -> list[str]:
    return [frame["type"] for frame in frames]
