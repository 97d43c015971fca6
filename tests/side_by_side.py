"""`pytest -n auto`: workers with servers of their own, for the tests that wait more than they work.

The runner itself starts nothing. What a worker prints past the capturing (`capsys.disabled`) has no
terminal there: it is kept in a file and told before the closing line.
"""

import io
import os
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

_SAID = "READBACK_TESTS_SAID"
_SAID_PATH = pytest.StashKey[Path]()
_MOST_WORKERS = 4
# Taken out of the environment: a pytest that a test starts is no worker of this run.
IN_WORKER = os.environ.pop("PYTEST_XDIST_WORKER", None) is not None
_file_of_worker = os.environ.pop(_SAID, None)
if IN_WORKER and _file_of_worker is not None:
    _said = os.open(_file_of_worker, os.O_WRONLY | os.O_APPEND)
    os.dup2(_said, 1)
    os.close(_said)


def is_asked(options: Any) -> bool:
    """Whether this process hands its tests to workers; `options` as pytest has parsed them."""
    if IN_WORKER or getattr(options, "collectonly", False):
        return False
    wanted = getattr(options, "numprocesses", None)
    if wanted == "auto":
        return not options.usepdb and _number() > 0
    return bool(wanted)


def prepare(config: pytest.Config) -> None:
    """Before the workers start: what their environment says, and a home for the runner's settings."""
    if os.environ.get("TEST_REDIS_URL"):
        raise pytest.UsageError("workers need a Valkey each: -n 0 where TEST_REDIS_URL is given")
    home = Path(tempfile.mkdtemp(prefix="readback-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    (home / "static").mkdir()
    said = home / "said"
    said.touch()
    os.environ.update({"READBACK_VAR": str(home), _SAID: str(said)})
    # One draw for all workers: it is in the names of tests.
    os.environ.setdefault("SIMULATOR_SEED", str(random.SystemRandom().randrange(100_000)))
    config.stash[_SAID_PATH] = said


def _number() -> int:
    """Workers of `-n auto`; none where one Valkey is given, which tests empty and freeze."""
    if os.environ.get("TEST_REDIS_URL"):
        return 0
    return min((os.cpu_count() or 1) + 1, _MOST_WORKERS)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """A worker's own dots and summary are not for the file of what was said."""
    if IN_WORKER:
        config.get_terminal_writer()._file = io.StringIO()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return _number()


class Scopes:
    """Names what one worker runs in one go: a file, or a part of it where its tests lie apart, as
    some of them need a browser."""

    def __init__(self) -> None:
        self._parts: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._file = ""

    def of(self, nodeid: str) -> str:
        """Asked in the order of collection first, in any order later."""
        if nodeid not in self._names:
            file = nodeid.split("::")[0]
            self._parts[file] += file != self._file
            self._file = file
            self._names[nodeid] = f"{file} {self._parts[file]}"
        return self._names[nodeid]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LoadScopeScheduling":
    """File by file in the order of collection: in each worker, too, live processes come after what
    they would disturb, and the browser last."""
    from xdist.scheduler import LoadScopeScheduling

    class InOrder(LoadScopeScheduling):
        def __init__(self) -> None:
            super().__init__(config, log)
            self._scopes = Scopes()

        def _split_scope(self, nodeid: str) -> str:
            return self._scopes.of(nodeid)

    config.option.loadscopereorder = False
    return InOrder()


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    path = config.stash.get(_SAID_PATH, None)
    said = path.read_text(errors="replace").strip() if path is not None else ""
    if said:
        terminalreporter.section("figures")
        terminalreporter.write_line(said)
