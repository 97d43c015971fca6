import argparse
import sys
import time
from collections.abc import Callable

from tests.chaos import ingest, outbox, races, redis_faults, stage, sweep
from tests.chaos.stage import Stage

SEED = 20261125


def phases(half: bool) -> dict[str, Callable[[Stage], None]]:
    if half:
        return {
            "gate": lambda on: sweep.play(on, "gate", share=0.25),
            "calls": lambda on: sweep.play(on, "calls", share=0.25),
            "outbox": lambda on: outbox.play(
                on, actions=144, kills=30, pauses=6, restarts=1, seconds=20
            ),
            "redis": lambda on: redis_faults.play(on, rounds=1, actions=2),
            "races": lambda on: races.play(on, races=100),
        }
    return {
        "gate": lambda on: sweep.play(on, "gate"),
        "calls": lambda on: sweep.play(on, "calls"),
        "outbox": lambda on: outbox.play(
            on, actions=450, kills=100, pauses=20, restarts=2, seconds=60
        ),
        "redis": lambda on: redis_faults.play(on, rounds=3, actions=4),
        "races": lambda on: races.play(on, races=400),
        "ingest": lambda on: ingest.play(on, deliveries=2000),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--half", action="store_true", help="as `make test` runs it")
    parser.add_argument("--only", action="append", default=[], help="a phase by its name")
    parser.add_argument("--naive", action="store_true", help="a worker that must be caught")
    options = parser.parse_args()
    began = time.monotonic()
    with stage.opened(options.seed) as on:
        if options.naive:
            from tests.chaos import naive

            outbox.play(
                on, actions=90, kills=12, pauses=2, restarts=0, seconds=10,
                worker=naive.drain_for_ever,
            )  # fmt: skip
        else:
            _play(on, phases(options.half), options.only)
    print(f"chaos (seed {options.seed}): {on.figures.words()}")
    for line in on.figures.faults():
        print(f"  {line}")
    print(f"chaos: {time.monotonic() - began:.0f} s")
    return 0 if on.figures.clean() else 1


def _play(on: Stage, chosen: dict[str, Callable[[Stage], None]], only: list[str]) -> None:
    for name, play in chosen.items():
        if only and name not in only:
            continue
        began = time.monotonic()
        play(on)
        print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)
    from runs import invariants

    on.figures.broken += [f"{one.invariant.name}: {one.where}" for one in invariants.check()]


if __name__ == "__main__":
    sys.exit(main())
