"""Fixtures for tests that look at pages as a person does."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import browser as chromium
from tests.live_stack import LiveStack

OpenPage = Callable[..., Page]
_PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        said = "no browser: install chromium, or set BROWSER_PATH, or run `make test`"
        if os.environ.get("CI") == "true":
            pytest.fail(said, pytrace=False)
        pytest.skip(said)
    # The driver runs an event loop in this thread, which Django takes for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    own = str(path).startswith(str(chromium.CACHE))
    env: dict[str, str | float | bool] = {**os.environ, **(chromium.library_path() if own else {})}
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=chromium.flags(), env=env)
        yield opened
        opened.close()


class Problems(list[str]):
    """What a page complained of: uncaught errors, and what its content policy stopped."""

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.append(message.text)


@pytest.fixture
def page_problems() -> Problems:
    """A test that expects one takes it out of this list."""
    return Problems()


@pytest.fixture
def open_page(
    stack: LiveStack, browser: Browser, page_problems: Problems, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """`open_page(color_scheme="dark")`: one more person with a browser of their own."""
    opened: list[Page] = []

    def open_one(**options: Any) -> Page:
        size = {"width": 1440, "height": 900}
        context = browser.new_context(**{"base_url": stack.url, "viewport": size, **options})
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        page_problems.listen(page)
        opened.append(page)
        return page

    yield open_one
    _keep_pictures(request, opened)
    for page in opened:
        page.context.close()
    assert not page_problems, "the page complained: " + "; ".join(page_problems)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


def _keep_pictures(request: pytest.FixtureRequest, pages: list[Page]) -> None:
    """What the person saw when a test failed, in .cache/failed/."""
    if not getattr(request.node, "failed", False):
        return
    folder = chromium.ROOT / ".cache" / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_]+", "-", request.node.name)
    for number, page in enumerate(pages, 1):
        page.screenshot(path=folder / f"{name}-{number}.png")
