"""Load the live pages in a real browser and print what it cost.

python -m tests.wall [--tiles N] [--rate N] [--seconds N] [--turns N] [--only wall|call]
"""

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, sync_playwright

from tests import browser as chromium
from tests import live_stack

if TYPE_CHECKING:
    from tests.wall.load import Found


def main() -> int:
    options = _options()
    path = chromium.ensure()
    if path is None:
        print("error: no browser (set BROWSER_PATH)", file=sys.stderr)
        return 1
    load = os.getloadavg()[0]
    if load > 3:
        print(f"note: load {load:.1f} before the start; times are noisy", flush=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    # The driver runs an event loop in this thread, which Django takes for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with live_stack.running() as stack:
        import django

        django.setup()
        clean = [_show(path, stack, run) for run in _runs(options)]
    return 0 if all(clean) else 1


def _runs(options: argparse.Namespace) -> list[Callable[[Page], "Found"]]:
    from tests.wall import load

    runs: dict[str, Callable[[Page], Found]] = {
        "wall": lambda page: load.wall(
            page, tiles=options.tiles, rate=options.rate, seconds=options.seconds
        ),
        "call": lambda page: load.long_call(page, turns=options.turns),
    }
    return [run for name, run in runs.items() if options.only in ("", name)]


def _show(path: str, stack: live_stack.LiveStack, run: Callable[[Page], "Found"]) -> bool:
    own = str(path).startswith(str(chromium.CACHE))
    env: dict[str, str | float | bool] = {**os.environ, **(chromium.library_path() if own else {})}
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=chromium.flags(), env=env)
        size = {"width": 1440, "height": 900}
        context = opened.new_context(base_url=stack.url, viewport=size)
        context.set_default_timeout(60_000)
        found = run(context.new_page())
        opened.close()
    print(*found.lines(), sep="\n", flush=True)
    return found.clean()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.wall")
    parser.add_argument("--tiles", type=int, default=40)
    parser.add_argument("--rate", type=float, default=80.0, help="ledger lines a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--turns", type=int, default=5_000)
    parser.add_argument("--only", choices=("wall", "call"), default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
