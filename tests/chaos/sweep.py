"""The sweep: one flow through everything the gate does and one through calls, killed at each crash point.

A flow is killed at several points, one after the other; each time another process goes on from the rows.
It ends in a process that nobody kills, and is counted then.
"""

import json
import logging
import tempfile
from collections import Counter
from math import ceil
from pathlib import Path
from typing import Any

from tests.chaos import points
from tests.chaos.children import Child
from tests.chaos.stage import Stage

KILLED = -9
LIMIT_S = 90
# Kills of one flow.
MOST_KILLS = 5
FLOWS = ("gate", "calls")


def play(stage: Stage, kind: str, *, share: float = 1.0) -> None:
    """`share` of the points that this flow passes and none before it did, drawn by the seed. After the last
    flow every point of the code has been passed."""
    known = stage.figures.passed
    passed = [one for one in _passed(stage, kind) if one not in known]
    known += passed
    chosen = stage.dice(kind).sample(passed, round(len(passed) * share))
    _kill_at(stage, kind, sorted(chosen, key=passed.index))
    stage.figures.flows.append(kind)
    if tuple(stage.figures.flows) == FLOWS:
        left = sorted(set(points.names()) - set(known))
        stage.figures.broken += [f"{one}: no flow comes there" for one in left]


def _kill_at(stage: Stage, kind: str, chosen: list[str]) -> None:
    """Chains that begin early and end late: a point that was passed for good is not waited for."""
    chains = ceil(len(chosen) / MOST_KILLS)
    missed = []
    for number in range(chains):
        missed += _chain(stage, kind, f"{kind}{number}", chosen[number::chains])
    for point in missed:
        # A kill before it took another way: once more, alone.
        if _chain(stage, kind, f"{kind}-{point.replace('.', '-')}", [point]):
            stage.figures.broken.append(f"{point}: not reached")


def _chain(stage: Stage, kind: str, name: str, chain: list[str]) -> list[str]:
    """The points of the chain that were not reached."""
    missed = []
    for point in chain:
        child = Child(lambda point=point: _flow(stage, kind, name, crash_at=point))
        if child.wait(LIMIT_S) == KILLED:
            stage.figures.kills += 1
            stage.figures.points += 1
        else:
            child.kill()
            missed.append(point)
    again = Child(lambda: _flow(stage, kind, name))
    where = f"{name} killed at {', '.join(chain)}"
    if again.wait(LIMIT_S) != 0:
        again.kill()
        stage.figures.stuck.append(f"{where}: does not go on (exit {again.code})")
    else:
        _make(stage, kind, name).count(where)
    print(f"    {where}", flush=True)
    return missed


def _passed(stage: Stage, kind: str) -> list[str]:
    """The points that an undisturbed flow passes, in the order in which it passes them for the last time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passed.json"
        child = Child(lambda: _traced(stage, kind, path))
        if child.wait(LIMIT_S) != 0:
            child.kill()
            stage.figures.stuck.append(f"{kind}: an undisturbed flow ends with {child.code}")
            return []
        found: list[str] = json.loads(path.read_text())
    _make(stage, kind, f"{kind}-whole").count(f"{kind} undisturbed")
    return found


class _Trace(Counter[str]):
    """Counts, and knows the order."""

    def __init__(self) -> None:
        super().__init__()
        self.order: dict[str, None] = {}

    def __setitem__(self, name: str, count: int) -> None:
        super().__setitem__(name, count)
        self.order.pop(name, None)
        self.order[name] = None


def _traced(stage: Stage, kind: str, path: Path) -> None:
    from runs import crashpoints

    trace = crashpoints._passed = _Trace()
    _flow(stage, kind, f"{kind}-whole", crash_at="nowhere")
    path.write_text(json.dumps(list(trace.order)))


def _flow(stage: Stage, kind: str, name: str, crash_at: str = "") -> None:
    from runs import crashpoints

    logging.disable(logging.CRITICAL)
    crashpoints._AT = crash_at
    _make(stage, kind, name).play()


def _make(stage: Stage, kind: str, name: str) -> Any:
    from tests.chaos.call_flow import CallFlow
    from tests.chaos.gate_flow import GateFlow

    return (GateFlow if kind == "gate" else CallFlow)(stage, name)
