"""Take calls over and cut sockets; print what was lost, doubled or written by somebody who may not.

python -m tests.takeovers [--kills N] [--freezes N] [--cuts N] [--seed N] [--unfenced]
"""

import argparse
import os
import random
import signal
import sys
import time

from tests import databases, servers
from tests.takeovers.figures import Figures
from tests.takeovers.watch import install, written

SEED = 20261125


def main() -> int:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    began = time.monotonic()
    own = servers.start()
    try:
        databases.create(own)
        install(own)
        import django

        django.setup()
        figures = _run(own, options)
    finally:
        own.stop()
    print(f"{figures.words()} (seed {options.seed}, {time.monotonic() - began:.0f} s)")
    for line in figures.faults():
        print(f"  {line}")
    if options.unfenced:
        print("takeovers: the harness sees it" if figures.rows_by_stale else "takeovers: BLIND")
        return 0 if figures.rows_by_stale else 1
    return 1 if figures.faults() else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.takeovers")
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--freezes", type=int, default=4)
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--unfenced", action="store_true", help="owners that must be caught")
    return parser.parse_args()


def _run(own: servers.Servers, options: argparse.Namespace) -> Figures:
    from tests.takeovers import play
    from tests.voice import switchboard_support as support
    from tests.voice.switchboard_support import Exchange

    figures, dice = Figures(), random.Random(options.seed)
    exchange = Exchange(own)
    start = play.start_unfenced if options.unfenced else play.start_owner
    scene = play.Scene(exchange, support.make_line(), dice, figures, start)
    try:
        exchange.start("simulator")
        for name in play.names():
            start(exchange, name)
        signals = [signal.SIGKILL] * options.kills + [signal.SIGSTOP] * options.freezes
        dice.shuffle(signals)
        for number, one in enumerate(signals):
            try:
                play.take_over(scene, one, options.seed + number)
                print(f"  {number + 1} of {len(signals)}: {one.name}", flush=True)
            except AssertionError as error:
                figures.broken.append(f"takeover {number + 1} ({one.name}): {error}"[:300])
        if options.cuts:
            play.cut_sockets(scene, options.cuts)
        seen = written(own)
    finally:
        exchange.stop()
    figures.rows_by_owners, figures.rows_by_stale = seen.by_owner, seen.by_stale
    figures.stale_tables = seen.stale_tables
    return figures


if __name__ == "__main__":
    sys.exit(main())
