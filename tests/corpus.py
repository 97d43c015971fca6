"""Play the conversations of the corpus through the whole stack and compare the record with them.

python -m tests.corpus [--limit N] [--speed X] [--concurrency C] [SET …]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests import corpus_files

if TYPE_CHECKING:
    from tests.corpus_figures import Figures
    from tests.journeys.house import House

SPEED, CONCURRENCY = 60.0, 8


def play(
    house: "House",
    names: Iterable[str],
    *,
    limit: int = 0,
    speed: float = SPEED,
    concurrency: int = CONCURRENCY,
) -> "dict[str, Figures]":
    """Figures by set. All sets share the lines, so that a long call holds up nobody."""
    from console.demo import playing
    from tests import corpus_figures
    from tests.corpus_figures import Figures

    line = playing.line_of(house.workspace.slug, house.stack.url)
    files = corpus_files.sets()
    found: dict[str, Figures] = {name: Figures() for name in names}
    owners, wanted = {}, {}
    for name in found:
        for one in playing.read(files[name], limit):
            owners[one.source_id], wanted[one.source_id] = name, one
    longest_first = sorted(wanted.values(), key=_length, reverse=True)
    for played in playing.play_all(
        longest_first,
        line,
        simulator_url=house.stack.simulator_url,
        concurrency=concurrency,
        speed=speed,
    ):
        said = house.judge(f"calls/{played.call_id}")["said"]
        rows = corpus_figures.rows_of(house.workspace.id, played.call_id)
        figures = corpus_figures.compare(
            played.source_id, wanted[played.source_id].turns, said, rows
        )
        if played.error:
            figures.failed = 1
        if not figures.clean():
            account = corpus_figures.account_of(house.workspace.id, played.call_id)
            figures.notes.append(f"{played.source_id}: {played.error} {account}")
        found[owners[played.source_id]].add(figures)
    return found


def _length(conversation: object) -> float:
    turns = conversation.turns
    times = [one["end_ms"] or one["start_ms"] or 0 for one in turns]
    return max(times, default=0) or len(turns) * 1_000


def show(found: "dict[str, Figures]", seconds: float) -> "Figures":
    from tests.corpus_figures import HEAD, Figures

    print(HEAD)
    total = Figures()
    for name, figures in found.items():
        print(figures.words(name))
        total.add(figures)
    print(total.words("all"), f"  in {seconds:.0f} s")
    for text in (*(f"placeholder {one}" for one in total.placeholders), *total.notes[:20]):
        print(" ", text)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", help="names of sets; none: all")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--speed", type=float, default=SPEED)
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY)
    options = parser.parse_args()
    if not corpus_files.present():
        print(corpus_files.ABSENT)
        return 2
    from tests.live_stack import running

    with running() as live, tempfile.TemporaryDirectory() as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = live.settings
        import django

        django.setup()
        from tests.journeys.house import open_house

        begun = time.monotonic()
        found = play(
            open_house(live, Path(folder)),
            options.sets or corpus_files.sets(),
            limit=options.limit,
            speed=options.speed,
            concurrency=options.concurrency,
        )
        total = show(found, time.monotonic() - begun)
        errors = [
            line for line in live.log("switchboard", lines=400).splitlines() if "ERROR" in line
        ]
        print("switchboard errors:", len(errors), *errors[:3])
    return 0 if total.clean() else 1


if __name__ == "__main__":
    sys.exit(main())
