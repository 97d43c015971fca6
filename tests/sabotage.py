"""Plant one-line faults, one at a time, in a copy of the tree; each must turn its named test red.

    python -m tests.sabotage            all faults
    python -m tests.sabotage fence hold only these

A fault that no test notices fails the run: that test is worth nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import servers
from tests.faults_planted import FAULTS, Fault

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {
    ".git",
    ".venv",
    "var",
    ".cache",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
}


def copy_tree(target: Path) -> None:
    shutil.copytree(ROOT, target, ignore=lambda _, names: LEFT_OUT & set(names))
    # The browser: without it the tests of pages are skipped, and no fault in a page is noticed.
    (target / ".cache").symlink_to(ROOT / ".cache")


def plant(tree: Path, fault: Fault) -> str:
    """Change the line; returns the text before. Fails where the line is not there exactly once."""
    path = tree / fault.file
    text = path.read_text()
    if text.count(fault.line) != 1:
        raise SystemExit(
            f"{fault.name}: {fault.file} holds the line {text.count(fault.line)} times"
        )
    path.write_text(text.replace(fault.line, fault.instead))
    return text


def run_test(tree: Path, test: str, server: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test]
    environment = {**os.environ, **server, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode not in (0, 1):
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.returncode


def try_fault(tree: Path, fault: Fault, server: dict[str, str]) -> bool:
    """True where the named test noticed."""
    began = time.monotonic()
    before = plant(tree, fault)
    code = run_test(tree, fault.test, server)
    (tree / fault.file).write_text(before)
    word = "red, as it must be" if code == 1 else f"NOT NOTICED (exit {code})"
    print(f"{fault.name:24} {word:20} {time.monotonic() - began:5.1f} s  {fault.test}", flush=True)
    return code == 1


def main(names: list[str]) -> int:
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    own = servers.start()
    try:
        with tempfile.TemporaryDirectory(prefix="readback-sabotage-") as folder:
            tree = Path(folder) / "tree"
            copy_tree(tree)
            noticed = [try_fault(tree, fault, own.for_other_runs()) for fault in chosen]
    finally:
        own.stop()
    print(f"faults planted {len(chosen)}, noticed {sum(noticed)}")
    return 0 if all(noticed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
