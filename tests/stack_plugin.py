"""Starts Postgres and Valkey before anything reads the settings.

pytest-django imports the settings before a conftest runs, so this is a plugin of its own, named in
`addopts`.
"""

from collections.abc import Generator
from typing import Any

import pytest

from tests import servers, side_by_side
from tests.servers import Servers

pytest_plugins = ["tests.browser_plugin"]

_NOT_NEEDED = {"-h", "--help", "-V", "--version", "--markers", "--fixtures"}
_started: list[Servers] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, args: list[str]
) -> Generator[None, Any, Any]:
    if side_by_side.is_asked(early_config.known_args_namespace):
        side_by_side.prepare(early_config)
    elif not _NOT_NEEDED.intersection(args) and not _started:
        _started.append(servers.start())
        early_config.add_cleanup(_started[0].stop)
    return (yield)


def current() -> Servers:
    return _started[0]
