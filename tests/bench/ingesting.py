"""Deltas that are kept before they are told: by group commit, by the switchboard's recorder, and one by one."""

import asyncio
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.publishing import Load, tell

CREATE = """
    CREATE TABLE IF NOT EXISTS bench_part (
        id uuid PRIMARY KEY, call_id uuid NOT NULL, part integer NOT NULL, text text NOT NULL,
        at timestamptz NOT NULL, UNIQUE (call_id, part));
    CREATE TABLE IF NOT EXISTS bench_frame (
        id uuid PRIMARY KEY, call_id uuid NOT NULL, arrival integer NOT NULL, type text NOT NULL,
        size integer NOT NULL, at timestamptz NOT NULL, UNIQUE (call_id, arrival));
    GRANT SELECT, INSERT ON bench_part, bench_frame TO PUBLIC;
"""
_KEEP = (
    "INSERT INTO voice_turnpart (id, workspace_id, turn_id, part, text, at)"
    " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int4[], %s::text[],"
    " %s::timestamptz[])"
)


@dataclass(frozen=True)
class Line:
    """A call that is being spoken: what a delta of it needs to know."""

    topic: str
    public_id: str
    workspace: uuid.UUID
    run: uuid.UUID
    call: uuid.UUID
    turn: uuid.UUID
    slug: str
    cookie: str  # of somebody who is signed in there


def open_lines(calls: int, workspaces: int) -> list[Line]:
    """Fresh calls with an open turn each, round about so many workspaces."""
    from runs import scope
    from tests import factories
    from tests.console import scene as scenes

    found = []
    houses = [scenes.make_house() for _ in range(workspaces)]
    cookie = _sign_in(houses[0].users["lena"])
    for house in houses:
        with scope.workspace(house.workspace.id):
            at = scope.now()
            release = factories.make_release(house.workspace, at)
            connection = factories.make_connection(house.workspace)
            for _ in range(calls // workspaces + (calls % workspaces > houses.index(house))):
                run = factories.make_run(house.workspace, at, release=release)
                call = factories.make_call(run, connection, at, state="live", answered_at=at)
                turn = factories.make_turn(call, "agent", "", state="reserved", version=0)
                topic = f"{house.workspace.id}/{run.id}"
                ids = (house.workspace.id, run.id, call.id, turn.id)
                found.append(Line(topic, call.public_id, *ids, house.workspace.slug, cookie))
    return found


def _sign_in(user: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def keep(rows: list[tuple[Any, ...]]) -> None:
    """One statement for all of them, in the scope of all their workspaces, told after the commit."""
    from django.db import connection, transaction

    from runs import bus, scope
    from runs.ids import uuid7

    with scope.workspace(*{row[0].workspace for row in rows}):
        at = scope.now()
        columns = zip(
            *((uuid7(), one.workspace, one.turn, number, text, at) for one, number, text in rows),
            strict=True,
        )
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in columns])
        told = [
            (f"rb:{one.workspace}:run:{one.run}",
             {"number": number, "kind": "turn.partial", "text": text})
            for one, number, text in rows
        ]  # fmt: skip
        transaction.on_commit(lambda: bus.publish(told))


def grouped(load: Load, told: Path, lines: dict[str, Line]) -> None:
    asyncio.run(_grouped(load, told, lines))


async def _grouped(load: Load, told: Path, lines: dict[str, Line]) -> None:
    """What comes while a commit runs goes into the next: as the recorder groups, without its rules."""
    loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    waiting: list[tuple[Any, ...]] = []
    over = asyncio.Event()

    async def flush() -> None:
        while waiting or not over.is_set():
            taken, waiting[:] = waiting[:], []
            if taken:
                await loop.run_in_executor(pool, keep, taken)
            await asyncio.sleep(0.005 if len(taken) >= 8 else 0.001)

    began = time.monotonic_ns() + 100_000_000
    flushing = asyncio.create_task(flush())
    for at, topic, number, text in load.due(began):
        if at > time.monotonic_ns():
            await asyncio.sleep(max(0.001, (at - time.monotonic_ns()) / 1e9))
        waiting.append((lines[topic], number, text))
        if number % 20 == 0 and len(waiting) > 200:
            await asyncio.sleep(0)
    over.set()
    await flushing
    tell(told, began, load)


def recorded(load: Load, told: Path, lines: dict[str, Line]) -> None:
    subjects = {topic: _subject(line) for topic, line in lines.items()}
    asyncio.run(_recorded(load, told, lines, subjects))


async def _recorded(
    load: Load, told: Path, lines: dict[str, Line], subjects: dict[str, Any]
) -> None:
    """The product: the recorder of the switchboard with a frame and a part for each delta."""
    from voice.switchboard.inputs import FrameRow
    from voice.switchboard.recorder import Recorder
    from voice.switchboard.results import TurnPart
    from voice.switchboard.writing import Batch

    recorder = Recorder()
    running = asyncio.create_task(recorder.run())
    writes: list[asyncio.Task[None]] = []
    began = time.monotonic_ns() + 100_000_000
    for at, topic, number, text in load.due(began):
        if at > time.monotonic_ns():
            await asyncio.sleep(max(0.001, (at - time.monotonic_ns()) / 1e9))
        subject = subjects[topic]
        steady = time.monotonic_ns() // 1_000_000
        kind = "response.output_audio_transcript.delta"
        frame = FrameRow(number, f"bench:{load.rate}:{began}:{number}", kind, 240, None, steady)
        part = TurnPart(lines[topic].turn, "agent", 1024, number, text, text)
        batch = Batch(subject, [frame], [part])
        writes.append(asyncio.create_task(recorder.write(batch)))
    await asyncio.gather(*writes)
    running.cancel()
    recorder.stop()
    tell(told, began, load)


def _subject(line: Line) -> Any:
    from voice.switchboard import claims, loading

    claim = claims.claim(line.workspace, line.call, f"bench-{time.monotonic_ns()}")
    assert claim is not None
    subject, _provider = loading.subject_of(claim)
    return subject


def one_by_one(load: Load, told: Path, frames: bool) -> None:
    asyncio.run(_one_by_one(load, told, frames))


async def _one_by_one(load: Load, told: Path, frames: bool) -> None:
    """Each call is a task: save the row, tell the group, take the next. Rows are behind no policy here."""
    from channels.layers import get_channel_layer
    from django.utils import timezone

    from tests.bench.stock import Frame, Part

    layer: Any = get_channel_layer()
    began = time.monotonic_ns() + 100_000_000
    queues: dict[str, asyncio.Queue[Any]] = {topic: asyncio.Queue() for topic in load.topics}

    async def follow(topic: str) -> None:
        call = uuid.uuid4()
        while (found := await queues[topic].get()) is not None:
            number, text = found
            if frames:
                await Frame.objects.acreate(
                    call_id=call, arrival=number, type="delta", size=240, at=timezone.now()
                )
            await Part.objects.acreate(call_id=call, part=number, text=text, at=timezone.now())
            event = {"number": number, "kind": "turn.partial", "text": text}
            await layer.group_send(topic.replace("/", "."), {"type": "event", "event": event})

    following = [asyncio.create_task(follow(topic)) for topic in load.topics]
    for at, topic, number, text in load.due(began):
        if at > time.monotonic_ns():
            await asyncio.sleep(max(0.001, (at - time.monotonic_ns()) / 1e9))
        queues[topic].put_nowait((number, text))
    for queue in queues.values():
        queue.put_nowait(None)
    await asyncio.gather(*following)
    tell(told, began, load)


def limit(lines: list[Line], seconds: float, batch: int = 100) -> float:
    """Rows a second by the same statement alone, a hundred at once: the limit of this machine."""
    from django.db import connection

    from runs import scope
    from runs.ids import uuid7

    line, rows, began = lines[0], 0, time.monotonic()
    text = "x" * 160
    while time.monotonic() - began < seconds:
        with scope.workspace(line.workspace), connection.cursor() as cursor:
            cursor.execute(
                _KEEP.replace("%s::timestamptz[]", "array_fill(now(), ARRAY[%s])"),
                [[uuid7() for _ in range(batch)], [line.workspace] * batch, [line.turn] * batch,
                 list(range(1_000_000 + rows, 1_000_000 + rows + batch)), [text] * batch, batch],
            )  # fmt: skip
        rows += batch
    return rows / (time.monotonic() - began)
