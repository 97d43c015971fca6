"""What is done to running calls, and how their record is read afterwards."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection

from console.stack.process import Process, Program, wait_until_ready
from runs import scope
from tests.takeovers.figures import Figures
from tests.takeovers.watch import OWNERS
from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Exchange, Line
from voice.models import Call

SCRIPT = "complete_intake"
TAKEOVER_SPEED, CUT_SPEED = 5, 4
CALLS_THAT_ARE_CUT = 5
WITHIN_S = 60.0
Stretch = tuple[float, float]
Start = Callable[[Exchange, str], None]


@dataclass
class Watched:
    """A call with the stretches (of its own milliseconds) in which nobody listened to it."""

    call_id: str
    away: list[Stretch] = field(default_factory=list)


@dataclass
class Scene:
    exchange: Exchange
    line: Line
    dice: random.Random
    figures: Figures
    start: Start

    def call(self, one: Watched) -> Call:
        return support.until(self.line, one.call_id, lambda call: True)

    def live(self, one: Watched, turns: int) -> Call:
        def far_enough(call: Call) -> bool:
            return call.state == "live" and len(support.turns(self.line, call)) >= turns

        return support.until(self.line, one.call_id, far_enough, within=WITHIN_S)

    def position(self, one: Watched) -> float:
        return float(self.exchange.judge(one.call_id)["position_ms"])

    def count(self, one: Watched, kind: str) -> int:
        return support.kinds(self.line, self.call(one)).count(kind)


def start_owner(exchange: Exchange, name: str) -> None:
    exchange.start(name, PGAPPNAME=name)


def start_unfenced(exchange: Exchange, name: str) -> None:
    """The same process without a fence; see `tests.takeovers.unfenced`."""
    import sys

    from console.stack import programs

    env = exchange.environment(PGAPPNAME=name)
    argv = [sys.executable, "-m", "tests.takeovers.unfenced", "--owner", name]
    program = Program(name, argv, env, programs.ROOT, ready_line="switchboard ready")
    log = exchange.servers.home / "log" / f"{name}.log"
    exchange.processes[name] = Process(program, guard=exchange.servers.guard, log=log)
    wait_until_ready(exchange.processes[name], within=60)


def take_over(scene: Scene, number: signal.Signals, seed: int) -> None:
    """One call whose owner is killed, or frozen and woken when another has the call."""
    one = Watched(scene.exchange.ring(scene.line, SCRIPT, speed=TAKEOVER_SPEED, seed=seed))
    call = scene.live(one, scene.dice.randint(2, 4))
    lost, other = call.owner, _other(call.owner)
    began = scene.position(one)
    scene.exchange.processes[lost].signal(number)
    _let_lease_run_out(scene, call)
    support.until(scene.line, one.call_id, lambda call: call.owner == other, within=30)
    _await(lambda: scene.count(one, "sideband.taken_over") == 1)
    one.away.append((began, scene.position(one)))
    if number == signal.SIGSTOP:
        scene.figures.freezes += 1
        scene.exchange.processes[lost].signal(signal.SIGCONT)
    else:
        scene.figures.kills += 1
        scene.exchange.processes[lost].kill()
        scene.start(scene.exchange, lost)
    support.until(scene.line, one.call_id, support.ended, within=WITHIN_S)
    scene.figures.taken_over += scene.count(one, "sideband.taken_over")
    scene.figures.gaps_of_takeovers += scene.count(one, "gap.noted")
    read(scene, one)


def cut_sockets(scene: Scene, cuts: int) -> None:
    """Some calls side by side; each cut comes when some more was said."""
    calls = min(CALLS_THAT_ARE_CUT, cuts)
    watched = [
        Watched(scene.exchange.ring(scene.line, SCRIPT, speed=CUT_SPEED, seed=100 + number))
        for number in range(calls)
    ]
    for number in range(cuts):
        one = watched[number % calls]
        seen = len(support.turns(scene.line, scene.call(one))) if number >= calls else 2
        scene.live(one, seen + 1)
        attached = scene.count(one, "sideband.attached")
        began = scene.position(one)
        scene.exchange.ask(f"/_sim/calls/{one.call_id}/drop_socket", {})
        scene.figures.cuts += 1
        _await(lambda one=one, attached=attached: scene.count(one, "sideband.attached") > attached)
        one.away.append((began, scene.position(one)))
    for one in watched:
        support.until(scene.line, one.call_id, support.ended, within=WITHIN_S)
        scene.figures.gaps_of_cuts += scene.count(one, "gap.noted")
        read(scene, one)


def read(scene: Scene, one: Watched) -> None:
    """The record beside what the simulator knows to have been said."""
    call, figures = scene.call(one), scene.figures
    said = scene.exchange.judge(one.call_id)["said"]
    kept = support.turns(scene.line, call)
    rows = {turn.item_id: turn for turn in kept}
    figures.turns += len(kept)
    for turn in said:
        row = rows.get(turn["item_id"])
        if not _kept_or_told(row, turn) and not _nobody_listened(turn, said, one.away):
            figures.holes += 1
    opened = [body["turn"] for body in support.lines(scene.line, call, "turn.opened")]
    figures.doubled += len(kept) - len(rows) + len(opened) - len(set(opened))
    texts = [turn.text for turn in kept if turn.text]
    figures.doubled += max(0, len(texts) - len(set(texts)) - _repeats(said))
    tools = scene.exchange.judge(one.call_id)["tool_calls"]
    figures.tools_twice += sum(tool["answers"] > 1 for tool in tools)
    try:
        support.check_chain(scene.line, call)
    except AssertionError as error:
        figures.broken.append(f"chain of {call.public_id}: {error}")


def _kept_or_told(row: Any, turn: dict[str, Any]) -> bool:
    """Kept word for word, or a row that says of itself that words are missing."""
    if row is None:
        return not turn["text"].strip()
    whole = row.text.strip() == (turn["transcribed"] or turn["text"]).strip()
    return whole or row.state in ("unavailable", "cut", "unheard")


def _nobody_listened(turn: dict[str, Any], said: list[Any], away: list[Stretch]) -> bool:
    """Whether it was being said, or its words were on their way, in a stretch that a gap tells of."""
    later = [one["started_ms"] for one in said if one["started_ms"] > turn["started_ms"]]
    ended = min(later, default=turn["started_ms"] + 10_000)
    return any(turn["started_ms"] <= until and ended >= began for began, until in away)


def _repeats(said: list[dict[str, Any]]) -> int:
    texts = [turn["text"].strip() for turn in said]
    return len(texts) - len(set(texts))


def _other(owner: str) -> str:
    return next(name for name in names() if name != owner)


def names() -> tuple[str, str]:
    return f"{OWNERS}first", f"{OWNERS}second"


def _let_lease_run_out(scene: Scene, call: Call) -> None:
    """As if the fifteen seconds were over."""
    close_old_connections()
    with scope.workspace(scene.line.workspace.id):
        with connection.cursor() as cursor:
            # Who was frozen inside a transaction keeps its lock until the database ends it (15 s).
            cursor.execute("SET LOCAL lock_timeout = '25s'")
            cursor.execute("SET LOCAL statement_timeout = '30s'")
        Call.objects.filter(id=call.id).update(lease_until=scope.now())


def _await(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not met():
        if time.monotonic() > deadline:
            raise AssertionError("not met in time")
        time.sleep(0.05)
