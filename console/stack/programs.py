"""The command lines of Readback's own processes: the demo runs them, and the tests run the same."""

import http.client
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from console.stack.process import Probe, Process, Program

ROOT = Path(__file__).resolve().parent.parent.parent
_FRAME_LIMIT = 64 * 1024

# What a child must not take from the shell it was started in.
_NOT_INHERITED = {"DATABASE_OWNER_URL", "READBACK_AS_OWNER", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"}


def base_env(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    local = "127.0.0.1,localhost"
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": local,
        "no_proxy": local,
        **changes,
    }


def answers_http(port: int, path: str) -> Probe:
    def probe(process: Process) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def manage(name: str, *arguments: str, env: Mapping[str, str], **options: object) -> Program:
    argv = [sys.executable, "manage.py", *arguments]
    return Program(name=name, argv=argv, env=env, cwd=ROOT, **options)  # type: ignore[arg-type]


def web(env: Mapping[str, str], port: int) -> Program:
    limit = str(_FRAME_LIMIT)
    return Program(
        name="web",
        argv=[
            *[sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)],
            *["--websocket_timeout", "-1", "--websocket_connect_timeout", "10"],
            *["--websocket-max-frame-size", limit, "--websocket-max-message-size", limit],
            *["--ping-interval", "20", "--ping-timeout", "30", "--no-server-name"],
            "console.asgi:application",
        ],
        env=env,
        cwd=ROOT,
        probe=answers_http(port, "/healthz"),
    )


def collect(env: Mapping[str, str]) -> Program:
    """Puts together what browsers load; ends by itself."""
    arguments = ["collectstatic", "--no-input", "--clear", "--verbosity", "0"]
    return manage("collectstatic", *arguments, env=env)


def switchboard(env: Mapping[str, str]) -> Program:
    return manage("switchboard", "switchboard", env=env, ready_line="switchboard ready")


def _celery(name: str, env: Mapping[str, str], *arguments: str) -> Program:
    return Program(
        name=name,
        argv=[
            *[sys.executable, "-m", "celery", "-q", "-A", "console.celery", "worker"],
            *["-l", "INFO", "--without-mingle", "--without-gossip", "--without-heartbeat"],
            *["-n", f"{name}@%h", *arguments],
        ],
        env=env,
        cwd=ROOT,
        ready_line=" ready.",
    )


def worker(env: Mapping[str, str], var: Path, *, beat: bool = True) -> Program:
    clock = ["-B", "-s", str(var / "celerybeat")] if beat else []
    return _celery("worker", env, "-P", "threads", "-c", "4", "-Q", "celery", *clock)


def outbox(env: Mapping[str, str]) -> Program:
    """The drain, alone on its queue: a slow receiver must not hold up other work."""
    return _celery("outbox", env, "-P", "solo", "-Q", "outbox")


def simulator(env: Mapping[str, str], port: int, state: Path) -> Program:
    arguments = ["simulator", "--port", str(port), "--state", str(state)]
    return manage(
        "simulator", *arguments, env=env, probe=answers_http(port, "/_sim/health"), stop_within=5.0
    )
