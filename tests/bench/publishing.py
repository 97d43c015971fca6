"""Publishers that keep a rate: through the bus as it is shipped, and through a group layer one by one."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import viewers

TICK_S = 0.002


@dataclass(frozen=True)
class Load:
    """So many deltas a second, round about the topics ("workspace/run")."""

    topics: tuple[str, ...]
    rate: float
    seconds: float

    @property
    def each(self) -> int:
        return max(1, int(self.rate * self.seconds / len(self.topics)))

    @property
    def deltas(self) -> int:
        return self.each * len(self.topics)

    def due(self, began_ns: int) -> Iterator[tuple[int, str, int, str]]:
        """(when, topic, number, text), in order."""
        gap = 1e9 / self.rate
        place = 0
        for number in range(1, self.each + 1):
            for topic in self.topics:
                at = began_ns + int(place * gap)
                yield at, topic, number, viewers.text(number, at)
                place += 1


def topics_of(runs: int, workspaces: int) -> tuple[str, ...]:
    known = [uuid.uuid4() for _ in range(workspaces)]
    return tuple(f"{known[number % workspaces]}/{uuid.uuid4()}" for number in range(runs))


def through_bus(load: Load, told: Path, whole: bool = False) -> None:
    """What is due leaves in one round trip. `whole`: as the part of a turn that a call page draws."""
    from runs import bus

    turn = str(uuid.uuid4())

    def message(topic: str, number: int, text: str) -> tuple[str, dict[str, Any]]:
        workspace, _, run = topic.partition("/")
        channel = f"rb:{workspace}:run:{run}"
        if whole:
            part = {"turn": turn, "part": number, "text": text, "speaker": "agent", "position": 1}
            return channel, {"run": run, "part": part}
        return channel, {"number": number, "kind": "turn.partial", "text": text}

    began = time.monotonic_ns() + 50_000_000
    waiting: list[tuple[str, dict[str, Any]]] = []
    for at, topic, number, text in load.due(began):
        while at > time.monotonic_ns():
            bus.publish(waiting)
            waiting = []
            time.sleep(TICK_S)
        waiting.append(message(topic, number, text))
        if len(waiting) >= 500:
            bus.publish(waiting)
            waiting = []
    bus.publish(waiting)
    tell(told, began, load)


def through_groups(load: Load, told: Path) -> None:
    asyncio.run(_through_groups(load, told))


async def _through_groups(load: Load, told: Path) -> None:
    from channels.layers import get_channel_layer

    layer = get_channel_layer()
    assert layer is not None
    began = time.monotonic_ns() + 50_000_000
    for at, topic, number, text in load.due(began):
        ahead = (at - time.monotonic_ns()) / 1e9
        if ahead > 0:
            await asyncio.sleep(ahead)
        event = {"number": number, "kind": "turn.partial", "text": text}
        await layer.group_send(topic.replace("/", "."), {"type": "event", "event": event})
    tell(told, began, load)


def tell(told: Path, began_ns: int, load: Load) -> None:
    """How long it took: a publisher that does not keep its rate is no load."""
    took = (time.monotonic_ns() - began_ns) / 1e9
    part = told.with_suffix(".part")
    cpu_us = time.process_time() * 1e6 / load.deltas
    part.write_text(json.dumps({"took": took, "cpu_us": cpu_us}))
    part.rename(told)
