"""Play the conversations of the corpus through the whole stack and compare the record with them.

python -m tests.corpus [--limit N] [--speed X] [--concurrency C] [SET …]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import corpus_files

if TYPE_CHECKING:
    from tests.corpus_figures import Figures
    from tests.corpus_panel import PanelFigures
    from tests.journeys.house import House

SPEED, CONCURRENCY = 60.0, 8
# Turn by turn nothing is gained by waiting for the pauses between them.
STEP_SPEED = 400.0


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
        one = wanted[played.source_id]
        figures = _compared(house, one.source_id, one.turns, played.call_id, played.error)
        found[owners[played.source_id]].add(figures)
    return found


def play_annotated(
    house: "House",
    names: Iterable[str],
    *,
    limit: int = 0,
    concurrency: int = CONCURRENCY,
) -> "tuple[dict[str, Figures], dict[str, PanelFigures]]":
    """The sets whose annotations become calls of `record_field`: the record, and the panel turn by turn."""
    from tests import corpus_notes, corpus_panel
    from tests.corpus_figures import Figures
    from tests.corpus_panel import PanelFigures

    found: dict[str, Figures] = {}
    panels: dict[str, PanelFigures] = {}
    for name in names:
        found[name], panels[name] = Figures(), PanelFigures()
        annotated = corpus_notes.read(name)[: limit or None]
        for one, call_id, seen in corpus_panel.play(
            house, name, annotated, speed=STEP_SPEED, concurrency=concurrency
        ):
            found[name].add(_compared(house, one.source_id, one.turns, call_id, ""))
            panels[name].add(seen)
    return found, panels


def _compared(
    house: "House", source_id: str, turns: Sequence[dict[str, Any]], call_id: str, error: str
) -> "Figures":
    from tests import corpus_figures

    said = house.judge(f"calls/{call_id}")["said"] if call_id else []
    rows = corpus_figures.rows_of(house.workspace.id, call_id)
    figures = corpus_figures.compare(source_id, turns, said, rows)
    figures.failed = int(bool(error))
    if figures.lost and not corpus_figures.is_gapped(house.workspace.id, call_id):
        figures.silent = figures.lost
    if not figures.clean():
        account = corpus_figures.account_of(house.workspace.id, call_id)
        figures.notes.append(f"{source_id}: {error} {account}")
    return figures


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


def show_panels(panels: "dict[str, PanelFigures]") -> bool:
    """Whether every panel was as it must be."""
    from tests.corpus_panel import HEAD

    print(HEAD)
    for name, figures in panels.items():
        print(figures.words(name))
        for reason, count in sorted(figures.rest.items()):
            print(f"    {count:5} {reason}")
        for text in figures.notes[:20]:
            print("     ", text)
    return all(figures.clean() for figures in panels.values())


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
        from tests.corpus_notes import READERS
        from tests.journeys.house import open_house

        begun = time.monotonic()
        house = open_house(live, Path(folder))
        wanted = options.sets or list(corpus_files.sets())
        given = {"limit": options.limit, "concurrency": options.concurrency}
        plain = [name for name in wanted if name not in READERS]
        found = play(house, plain, speed=options.speed, **given)
        known, panels = play_annotated(house, [name for name in wanted if name in READERS], **given)
        total = show(found | known, time.monotonic() - begun)
        as_known = show_panels(panels)
        errors = [
            line for line in live.log("switchboard", lines=400).splitlines() if "ERROR" in line
        ]
        print("switchboard errors:", len(errors), *errors[:3])
    return 0 if total.clean() and as_known else 1


if __name__ == "__main__":
    sys.exit(main())
