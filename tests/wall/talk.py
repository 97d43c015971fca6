"""Calls that go on by themselves: turns and ledger lines as a switchboard writes them, at a steady rate."""

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connections as databases

from runs import ledger, people, scope
from runs.models import Workspace
from tests import factories
from tests.people import PASSWORD, make_person, make_workspace
from voice.models import Call, Turn

STEP = 1024
WORDS = "We can come by on Thursday morning if the boiler is still cold by then, is that all right"


@dataclass
class Talk:
    """One call: `said` turns are finished; `open` is the one that is being spoken."""

    call: Call
    said: int = 0
    open: Turn | None = None


@dataclass
class Room:
    """A workspace full of live calls. Their leases are held, so that no switchboard takes them."""

    workspace: Workspace
    email: str
    talks: list[Talk]
    written: dict[tuple[str, int], float] = field(default_factory=dict)
    lines: int = 0

    @property
    def by(self) -> people.Actor:
        return people.system("switchboard", self.workspace.id)

    def path(self, rest: str) -> str:
        return f"/w/{self.workspace.slug}/{rest}"

    def go_on(self, talks: Sequence[Talk]) -> None:
        """One line each: speech begins, or the words of the turn that is open are known."""
        with scope.workspace(self.workspace.id):
            at = scope.now()
            opening = [one for one in talks if one.open is None]
            closing = [one for one in talks if one.open is not None]
            lines = [*self._begin(opening, at), *self._finish(closing, at)]
            ledger.append_many(lines, by=self.by, at=at)
        now = time.time()
        for one in closing:
            self.written[one.call.public_id, one.said] = now
        self.lines += len(talks)

    def _begin(self, talks: Sequence[Talk], at: Any) -> list[ledger.Line]:
        for one in talks:
            one.open = Turn(
                workspace_id=self.workspace.id,
                run_id=one.call.run_id,
                call=one.call,
                item_id=f"item_{uuid.uuid4().hex[:21]}",
                speaker=_speaker(one),
                position=(one.said + 1) * STEP,
                started_at=at,
            )
        Turn.objects.bulk_create([one.open for one in talks if one.open])
        for speaker in ("caller", "agent"):
            ids = [one.call.id for one in talks if _speaker(one) == speaker]
            Call.objects.filter(id__in=ids).update(voice_state=f"{speaker}_speaking")
        return [_line(one, "turn.opened") for one in talks]

    def _finish(self, talks: Sequence[Talk], at: Any) -> list[ledger.Line]:
        lines = [_line(one, "turn.finished", version=1, state="final") for one in talks]
        done = [one.open for one in talks if one.open]
        for one, turn in zip(talks, done, strict=True):
            one.said += 1
            turn.text, turn.state, turn.version = f"No. {one.said}: {WORDS}", "final", 1
            turn.finished_at, one.open = at, None
        Turn.objects.bulk_update(done, ["text", "state", "version", "finished_at"])
        return lines

    def end(self) -> None:
        with scope.workspace(self.workspace.id):
            Call.objects.filter(state="live").update(state="ended", ended_at=scope.now())


def _speaker(one: Talk) -> str:
    return "caller" if one.said % 2 else "agent"


def _line(one: Talk, kind: str, **more: object) -> ledger.Line:
    assert one.open is not None
    turn = {"turn": str(one.open.id), "position": one.open.position}
    body = {**turn, "speaker": one.open.speaker, **more}
    return ledger.Line(one.call.run_id, kind, body)


def make_room(calls: int) -> Room:
    """`calls` live calls; every eighth asks for a person."""
    workspace = make_workspace(f"wall-{uuid.uuid4().hex[:8]}", "Northwind Heating")
    lena = make_person(workspace, "Lena Fischer", "support_lead")
    with scope.workspace(workspace.id):
        at = scope.now()
        release = factories.make_release(workspace, at)
        connection = factories.make_connection(workspace)
        talks = []
        for number in range(calls):
            began = at - timedelta(seconds=300 - number)
            asks = {"attention": "pricing_commitment", "attention_at": began}
            call = factories.make_call(
                factories.make_run(workspace, at, release=release),
                connection,
                caller_name=f"Caller {number + 1:03d}",
                rang_at=began,
                answered_at=began,
                state="live",
                voice_state="listening",
                owner="wall",
                lease_until=at + timedelta(hours=3),
                **(asks if number % 8 == 0 else {}),
            )
            talks.append(Talk(call))
    return Room(workspace, lena.email, talks)


def fill(room: Room, talk: Talk, turns: int, *, at_once: int = 500) -> None:
    """A long conversation, written in large pieces."""
    while talk.said < turns:
        count = min(at_once, turns - talk.said)
        with scope.workspace(room.workspace.id):
            at, lines, rows = scope.now(), [], []
            for _ in range(count):
                rows += [_spoken(talk, at)]
                lines.append(_line(talk, "turn.opened"))
                lines.append(_line(talk, "turn.finished", version=1, state="final"))
                talk.open = None
            Turn.objects.bulk_create(rows)
            ledger.append_many(lines, by=room.by, at=at)


def _spoken(talk: Talk, at: Any) -> Turn:
    number, speaker = talk.said + 1, _speaker(talk)
    talk.said = number
    talk.open = Turn(
        workspace_id=talk.call.workspace_id,
        run_id=talk.call.run_id,
        call=talk.call,
        item_id=f"item_{uuid.uuid4().hex[:21]}",
        speaker=speaker,
        position=number * STEP,
        state="final",
        version=1,
        text=f"No. {number}: {WORDS * (1 + number % 3)}",
        started_at=at,
        finished_at=at,
    )
    return talk.open


class Speaking(threading.Thread):
    """Lines at a steady rate, in slices of a twentieth of a second, until it is stopped."""

    SLICE_S = 0.05

    def __init__(self, room: Room, talks: Sequence[Talk], *, lines_a_second: float) -> None:
        super().__init__(name="speaking", daemon=True)
        self.room, self.talks, self.rate = room, list(talks), lines_a_second
        self.over = threading.Event()
        self.late_s = 0.0
        self.failed: Exception | None = None

    def run(self) -> None:
        try:
            self._speak()
        except Exception as error:  # noqa: BLE001 told to who waits for it
            self.failed = error
        finally:
            databases.close_all()

    def _speak(self) -> None:
        began, done, turn = time.monotonic(), 0, 0
        while not self.over.is_set():
            due = int((time.monotonic() - began) * self.rate) - done
            if due > 0:
                some = [
                    self.talks[(turn + n) % len(self.talks)]
                    for n in range(min(due, len(self.talks)))
                ]
                self.room.go_on(some)
                turn, done = turn + len(some), done + len(some)
                self.late_s = max(self.late_s, (time.monotonic() - began) - done / self.rate)
            self.over.wait(self.SLICE_S)

    def stop(self) -> None:
        """What is open is finished, so that the last words of every call are known."""
        self.over.set()
        self.join()
        if self.failed is not None:
            raise self.failed
        left = [one for one in self.talks if one.open is not None]
        if left:
            self.room.go_on(left)


__all__ = ["PASSWORD", "Room", "Speaking", "Talk", "fill", "make_room"]
