from collections.abc import Iterator

import pytest

from tests import stack_plugin
from tests.voice import switchboard_support as support
from tests.voice.switchboard_support import Exchange, Line


@pytest.fixture
def exchange(committed_db: None) -> Iterator[Exchange]:
    """A simulator without a switchboard: the test starts its own."""
    exchange = Exchange(stack_plugin.current())
    try:
        exchange.start("simulator")
        yield exchange
    finally:
        exchange.stop()


@pytest.fixture
def line(committed_db: None) -> Line:
    return support.make_line()
