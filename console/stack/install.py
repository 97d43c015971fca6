"""`python3 -m console.stack.install demo|test`: the virtual environment, from pinned and hashed locks.

Runs under the system's Python, before anything is installed.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from console.stack.errors import StackError

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_OLDEST = (3, 11)
# Each set holds the one before it.
_SETS = ("demo", "test")


def install(wanted: str) -> None:
    if sys.version_info < _OLDEST:
        raise StackError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    if any(_is_installed(one) for one in _SETS[_SETS.index(wanted) :]):
        return
    lock = ROOT / "requirements" / f"{wanted}.lock"
    uv = _find_uv()
    _make_venv(with_pip=uv is None)
    for one in _SETS:
        _stamp(one).unlink(missing_ok=True)
    begun = time.monotonic()
    count = len(re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==", lock.read_text(), re.MULTILINE))
    print(f"installing {count} pinned packages with {'uv' if uv else 'pip'} …", flush=True)
    if uv is None or not _install_with_uv(uv, lock):
        _install_with_pip(lock, count)
    shutil.copyfile(lock, _stamp(wanted))
    print(f"installed in {time.monotonic() - begun:.0f} s", flush=True)


def _stamp(name: str) -> Path:
    """A copy of the lock that was installed."""
    return VENV / f"installed-{name}.lock"


def _is_installed(name: str) -> bool:
    lock, stamp = ROOT / "requirements" / f"{name}.lock", _stamp(name)
    return stamp.exists() and stamp.read_bytes() == lock.read_bytes() and _works(str(PYTHON), "-V")


def _works(*argv: str) -> bool:
    try:
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _find_uv() -> str | None:
    """uv where it is on PATH and runs: a version manager may leave a name behind that does not."""
    found = shutil.which("uv")
    return found if found and _works(found, "--version") else None


def _make_venv(*, with_pip: bool) -> None:
    if _works(str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    print(f"making .venv with Python {sys.version.split()[0]} …", flush=True)
    argv = [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    said = (done.stdout + done.stderr).strip()
    if "ensurepip" in said or "No module named venv" in said:
        raise StackError("this Python has no venv module: install it (on Debian: python3-venv)")
    raise StackError(f"could not make {VENV}: {(said.splitlines() or ['no reason given'])[-1]}")


def _install_with_uv(uv: str, lock: Path) -> bool:
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    argv = [uv, "pip", "install", "--python", str(PYTHON), "--require-hashes", *quiet]
    done = subprocess.run([*argv, "-r", str(lock)], check=False, cwd=ROOT)
    if done.returncode == 0:
        return True
    print("uv could not install it: trying pip …", flush=True)
    return False


def _install_with_pip(lock: Path, count: int) -> None:
    if not _works(str(PYTHON), "-m", "pip", "--version"):
        done = subprocess.run([str(PYTHON), "-m", "ensurepip"], capture_output=True, check=False)
        if done.returncode != 0:
            raise StackError("this Python has no ensurepip: install it (on Debian: python3-venv)")
    argv = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--progress-bar", "off"]
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    with subprocess.Popen(
        [*argv, "-r", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
    ) as process:
        assert process.stdout is not None
        said = _follow_pip(process.stdout, count)
    if process.returncode != 0:
        raise StackError("pip could not install it:\n    " + "\n    ".join(said[-8:]))


def _follow_pip(lines: Iterable[str], count: int) -> list[str]:
    said: list[str] = []
    seen = 0
    for line in lines:
        said.append(line.rstrip())
        if line.startswith("Collecting "):
            seen += 1
            _show_progress(f"{min(seen, count)} of {count} downloaded")
        elif line.startswith("Installing collected packages"):
            _show_progress("unpacking …")
    if sys.stdout.isatty():
        print()
    return said


def _show_progress(text: str) -> None:
    if sys.stdout.isatty():
        print(f"\r  {text:<40}", end="", flush=True)
    elif text.startswith("unpacking") or int(text.split()[0]) % 20 == 0:
        print(f"  {text}", flush=True)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in _SETS:
        print(f"usage: python3 -m console.stack.install {{{'|'.join(_SETS)}}}", file=sys.stderr)
        return 2
    with contextlib.suppress(KeyboardInterrupt):
        try:
            install(sys.argv[1])
        except StackError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        except OSError as error:
            print(f"error: {error.strerror}: {error.filename}", file=sys.stderr)
            return 1
        return 0
    return 130


if __name__ == "__main__":
    sys.exit(main())
