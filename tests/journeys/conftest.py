from pathlib import Path

import pytest

from tests.journeys.house import House, open_house
from tests.live_stack import LiveStack


@pytest.fixture
def house(stack: LiveStack, tmp_path: Path) -> House:
    return open_house(stack, tmp_path)
