"""The chaos run at half its size, and proof that it can fail."""

import subprocess
import sys

import pytest

from tests.chaos import points

LIMIT_S = 600


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "tests.chaos", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT_S, check=False)


def test_no_effect_is_lost_or_doubled_under_faults(capsys):
    done = run("--half")
    with capsys.disabled():
        print("\n" + done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "effects lost 0 · effects duplicated 0" in done.stdout


def test_a_naive_worker_is_caught():
    done = run("--naive")
    assert done.returncode == 1, done.stdout + done.stderr[-3000:]
    assert "doubled: " in done.stdout
    assert "effects lost 0" in done.stdout


def test_every_crash_point_has_a_name_of_its_own():
    names = points.names()
    assert len(names) == len(set(names)) >= 60


def test_no_external_call_is_without_a_crash_point():
    assert points.unguarded() == []


def test_whoever_holds_a_client_is_known_and_only_callers_call():
    found = points.doors()
    assert found.keys() == points.DOORS.keys()
    assert {path for path, calls in found.items() if calls} <= {
        path for path, what in points.DOORS.items() if what == "calls"
    }


def test_every_write_says_when_its_first_byte_leaves():
    assert points.unmarked() == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(x):\n    x.apply_async()\n", ["f"]),
        ("def f(x):\n    crashpoint('a')\n    x.apply_async()\n", []),
        ("def f(x):\n    return x.getreply()\n", ["f"]),
        ("async def f(x):\n    await x.realtime.calls.refer('c')\n", ["f"]),
        ("def f(x):\n    return x(1).responses.create()\n", ["f"]),
        ("def f(x):\n    return x.calls.recreate()\n", []),
    ],
)
def test_the_scan_sees_what_it_is_for(tmp_path, monkeypatch, source, found):
    (tmp_path / "approvals").mkdir()
    (tmp_path / "approvals" / "one.py").write_text(source)
    monkeypatch.setattr(points, "ROOT", tmp_path)
    assert [one.split(": ")[1] for one in points.unguarded()] == found
