"""The crash-point sweep: one flow through everything the gate does, killed at each point in turn, begun
anew in another process, and counted."""

import logging

from tests.chaos import points
from tests.chaos.children import Child
from tests.chaos.stage import Stage

KILLED = -9


def play(stage: Stage, *, share: float = 1.0) -> None:
    dice = stage.dice("sweep")
    found = points.names()
    chosen = sorted(dice.sample(found, max(1, round(len(found) * share))), key=found.index)
    for number, point in enumerate(chosen):
        flow_killed_at(stage, point, f"s{number}")


def flow_killed_at(stage: Stage, point: str, name: str) -> None:
    """Dies where it must, then runs to its end; the counts are judged after both."""
    code = Child(lambda: _flow(stage, name, crash_at=point)).wait(60)
    stage.figures.kills += 1
    stage.figures.points += 1
    if code != KILLED:
        stage.figures.broken.append(f"{point}: not reached (exit {code})")
    again = Child(lambda: _flow(stage, name))
    if again.wait(60) != 0:
        again.kill()
        stage.figures.stuck.append(f"{point}: the flow does not go on (exit {again.code})")
        return
    _count(stage, name, point)


def _flow(stage: Stage, name: str, crash_at: str = "") -> None:
    from approvals import crashpoints
    from tests.chaos.flow import Flow

    logging.disable(logging.CRITICAL)
    crashpoints._AT = crash_at
    Flow(stage, name).run()


def _count(stage: Stage, name: str, point: str) -> None:
    from approvals.models import OutboxEntry
    from tests.chaos.outbox import CLASSES, effects_of

    judge = stage.judge()
    with stage.office.scope():
        entries = list(OutboxEntry.objects.filter(step_key__startswith=f"{name}:"))
    alive = [one for one in entries if one.state not in ("cancelled", "superseded")]
    done = [one for one in alive if one.state == "succeeded"]
    if len(done) != len(alive) or len({(one.step_key, one.action) for one in done}) != 7:
        states = [(one.step_key, one.action, one.state, one.reason) for one in entries]
        stage.figures.lost.append(f"{point}: {states}")
    for entry in done:
        kind = CLASSES[entry.action_type]
        stage.figures.effects[kind] = stage.figures.effects.get(kind, 0) + 1
        times = effects_of(entry, judge)
        # An absolute value may be written again: that is what its class allows.
        if times < 1 or (times > 1 and kind != "natural"):
            where = f"{point}: {entry.step_key} {entry.action} effects {times}"
            (stage.figures.doubled if times else stage.figures.lost).append(where)
