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


def run_test(tree: Path, test: str) -> int:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode not in (0, 1):
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.returncode


def main(names: list[str]) -> int:
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    unnoticed = []
    with tempfile.TemporaryDirectory(prefix="readback-sabotage-") as folder:
        tree = Path(folder) / "tree"
        copy_tree(tree)
        for fault in chosen:
            began = time.monotonic()
            before = plant(tree, fault)
            code = run_test(tree, fault.test)
            (tree / fault.file).write_text(before)
            noticed = code == 1
            word = "red, as it must be" if noticed else f"NOT NOTICED (exit {code})"
            print(f"{fault.name:24} {word:20} {time.monotonic() - began:5.1f} s  {fault.test}")
            if not noticed:
                unnoticed.append(fault.name)
    print(f"faults planted {len(chosen)}, noticed {len(chosen) - len(unnoticed)}")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
