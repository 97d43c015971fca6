"""The database and the live processes for all tests. Fixtures for pages are in browser_plugin.py."""

from collections.abc import Generator, Iterator

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests import databases, stack_plugin
from tests.live_stack import LiveStack


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """In place of pytest-django's: the owner migrates, tests connect as the app role."""
    servers = stack_plugin.current()
    databases.create(servers)
    yield
    connections.close_all()
    databases.drop(servers)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits that other processes see, and no flush: each test has workspaces of its own."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def live_stack(django_db_setup: None) -> Iterator[LiveStack]:
    live = LiveStack(stack_plugin.current())
    try:
        yield live.start_all()
    finally:
        live.stop()


@pytest.fixture
def stack(live_stack: LiveStack, committed_db: None) -> LiveStack:
    """All processes run when a test begins, whatever the one before has killed."""
    for name in (*live_stack.servers.programs, *live_stack.processes):
        live_stack.start(name)
    return live_stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test on the live stack shows what its processes said."""
    report = yield
    if report.failed:
        item.failed = True
    live = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(live, LiveStack):
        report.sections += [(f"log of {name}", live.log(name)) for name in live.processes]
    return report


def _place(item: pytest.Item) -> int:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return 2 if "browser" in fixtures else 1 if "live_stack" in fixtures else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Live processes after all else, as they commit; the browser last: its driver leaves an event
    loop in the main thread, in which no later async test could run."""
    for item in items:
        for mark in ("stack", "browser")[: _place(item)]:
            item.add_marker(mark)
    items.sort(key=_place)
