"""Pictures of every screen, both themes and widths, from the whole stack with scripted calls.

python -m tests.screenshots [names]
"""

import os
import sys
import tempfile
from pathlib import Path

FOLDER = Path(os.environ.get("READBACK_VAR", "var")) / "screenshots"


def take(only: set[str]) -> int:
    """Returns how many were written."""
    from playwright.sync_api import sync_playwright

    from tests import browser
    from tests.live_stack import running

    with running() as stack, tempfile.TemporaryDirectory() as var:
        import django

        django.setup()
        from tests import furniture, screens
        from tests.journeys.house import open_house

        rooms = furniture.furnish(open_house(stack, Path(var)))
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(
                executable_path=browser.find(), args=browser.flags()
            )
            count = 0
            for theme in screens.THEMES:
                for width in screens.WIDTHS:
                    context = opened.new_context(
                        base_url=stack.url,
                        viewport={"width": width, "height": screens.HEIGHTS[width]},
                        color_scheme=theme,
                        reduced_motion="reduce",
                    )
                    count += _round(context.new_page(), rooms, f"{theme}-{width}", only)
                    context.close()
            opened.close()
    return count


def _round(page, rooms, mode: str, only: set[str]) -> int:
    from tests import screens
    from tests.journeys import browsing

    FOLDER.mkdir(parents=True, exist_ok=True)
    live = rooms.live()
    browsing.far_enough(rooms.house, live)
    visitor = screens.Visitor(page, rooms)
    count = 0
    for screen in screens.screens(rooms, live):
        if (only and screen.name not in only) or (screen.wide and mode.endswith("390")):
            continue
        visitor.visit(screen)
        page.screenshot(path=FOLDER / f"{screen.name}-{mode}.png", animations="disabled")
        count += 1
    return count


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    # The driver runs an event loop in this thread, which Django takes for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    count = take(set(sys.argv[1:]))
    print(f"{count} pictures in {FOLDER}/")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
