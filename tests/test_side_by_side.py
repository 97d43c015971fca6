"""Runs side by side: what a worker gets in one go, and whose servers it uses."""

from types import SimpleNamespace

import pytest

from console.stack import programs
from tests import servers, side_by_side
from tests.servers import Servers
from tests.side_by_side import Scopes

CALLS = ["a.py::one", "a.py::two", "b.py::three", "a.py::in_a_browser"]


def test_a_file_goes_to_one_worker_and_its_browser_part_comes_later():
    scopes = Scopes()
    one, two, three, late = [scopes.of(name) for name in CALLS]
    assert one == two
    assert len({one, three, late}) == 3


def test_a_scope_is_the_same_whenever_it_is_asked_for():
    scopes = Scopes()
    first = [scopes.of(name) for name in CALLS]
    assert [scopes.of(name) for name in reversed(CALLS)] == first[::-1]


def test_runs_at_the_same_time_hold_a_cluster_each(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "ROOT", tmp_path)
    first, second, third = (Servers(tmp_path / name) for name in "abc")
    held = [servers._claim_kept(first), servers._claim_kept(second)]
    assert None not in held
    assert held[0] != held[1]
    first.lock.close()
    assert servers._claim_kept(third) == held[0]
    for one in (second, third):
        one.lock.close()


@pytest.mark.parametrize(
    ("asked", "given", "workers"),
    [("auto", "", True), ("auto", "redis://x", False), (0, "", False)],
)
def test_workers_have_a_valkey_each_or_there_are_none(monkeypatch, asked, given, workers):
    monkeypatch.setattr(side_by_side, "IN_WORKER", False)
    monkeypatch.setenv("TEST_REDIS_URL", given)
    options = SimpleNamespace(numprocesses=asked, usepdb=False)
    assert side_by_side.is_asked(options) is workers
