"""What goes wrong on the command line is one line that says what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("READBACK_DEMO", "x", "READBACK_DEMO must be 0 or 1"),
        ("DATABASE_URL", "mysql://somewhere/else", "DATABASE_URL must begin with postgresql://"),
        ("DATABASE_URL", "postgresql://x@/x?host=/nowhere", "connection"),
    ],
)
def test_a_wrong_setting_is_one_line(name, value, words):
    argv = [sys.executable, "manage.py", "check_invariants"]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "console.settings", name: value}
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    said = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert words in said[-1]
    assert not any("Traceback" in line for line in said)
