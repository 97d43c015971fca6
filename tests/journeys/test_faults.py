"""Each process is killed once during a running call; nothing is lost, nothing is done twice."""

import pytest

from tests import faults

pytestmark = pytest.mark.stack


def test_a_call_survives_the_death_of_each_process(house, capsys):
    figures = faults.run(house)
    with capsys.disabled():
        print("\n" + figures.words())
    assert figures.effects > 0
    assert figures.clean()
