"""`python -m console.stack demo`: everything on this machine, until Ctrl-C."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from console.stack import (
    places,
    ports,
    postgres,
    preparation,
    programs,
    roles,
    running,
    screen,
    valkey,
)
from console.stack.children import Supervisor
from console.stack.errors import StackError, Stopped
from console.stack.process import Program

_DATABASE = "readback"


@dataclass(frozen=True)
class Databases:
    app: str
    owner: str


@dataclass(frozen=True)
class Demo:
    """What is settled before the first child starts."""

    var: Path
    port: int
    sockets: Path
    supervisor: Supervisor

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


def run(*, with_parent: bool = False) -> int:
    var = places.open_var(Path(os.environ.get("READBACK_VAR") or programs.ROOT / "var"))
    lock = places.take_lock(var)
    try:
        _check_environment()
        port = ports.choose_web_port()
        sockets = places.socket_directory(var / "run")
        logs = var / "log"
        supervisor = Supervisor(logs=logs, say=screen.say, echo=screen.echo)
        supervisor.listen_to_signals()
        if with_parent:
            supervisor.stop_with_parent()
        return _run_until_stopped(Demo(var, port, sockets, supervisor))
    finally:
        lock.close()


def _run_until_stopped(demo: Demo) -> int:
    code = 0
    try:
        _start(demo)
        demo.supervisor.watch()
    except Stopped:
        pass
    except StackError as error:
        # A step that Ctrl-C reached before us is no failure.
        if not demo.supervisor.stopping.is_set():
            screen.say(f"error: {error}")
            code = 1
    screen.say("stopping …")
    demo.supervisor.stop()
    running.forget(demo.var)
    screen.say("stopped")
    return code


def _check_environment() -> None:
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_OWNER_URL"):
        raise StackError(
            "DATABASE_URL is the app's role and may not migrate: give DATABASE_OWNER_URL as well"
        )


def _start(demo: Demo) -> None:
    begun = time.monotonic()
    plain = programs.base_env()
    databases = _open_database(demo, plain)
    redis_url = _open_redis(demo, plain)
    simulated = is_simulated()
    simulator_port = ports.remembered(demo.var / "simulator.port")
    env = _environment(demo, databases, redis_url, simulator_port if simulated else None)
    _collect_static(demo, env)
    _prepare_data(demo, env, databases, simulator_port if simulated else None)
    screen.say("starting web, switchboard, workers …")
    children = _children(demo, env, simulator_port if simulated else None)
    demo.supervisor.start(*children)
    with_simulator = {**env, "READBACK_SIMULATOR_URL": f"http://127.0.0.1:{simulator_port}"}
    running.write(demo.var, with_simulator if simulated else env)
    if places_calls():
        calls = programs.manage("demo_calls", "demo_calls", env=with_simulator, may_end=True)
        demo.supervisor.start(calls)
    screen.show_welcome(
        url=f"{demo.url}/",
        demo=screen.read_demo(demo.var / "demo.json"),
        logs=demo.supervisor.logs,
    )
    screen.say(f"  (up in {time.monotonic() - begun:.1f} s)")


def is_simulated() -> bool:
    """A key without a base URL means the real provider."""
    return not os.environ.get("OPENAI_API_KEY") or bool(os.environ.get("OPENAI_BASE_URL"))


def places_calls() -> bool:
    """Only where our own simulator is the provider: nobody is rung up by a demo."""
    ours = is_simulated() and not os.environ.get("OPENAI_BASE_URL")
    return ours and os.environ.get("DEMO_CALLS", "1") != "0"


def _open_database(demo: Demo, env: dict[str, str]) -> Databases:
    app, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
    if owner:
        return _given_database(demo, app, owner)
    screen.say("starting Postgres …")
    cluster = postgres.Cluster(data=demo.var / "pg", sockets=demo.sockets / "pg")
    cluster.prepare()
    demo.supervisor.start(cluster.program(env))
    admin = cluster.url(postgres.SUPERUSER, "postgres")
    roles.ensure(admin)
    roles.ensure_database(admin, _DATABASE)
    roles.ensure(cluster.url(postgres.SUPERUSER, _DATABASE))
    return Databases(cluster.url(roles.APP, _DATABASE), cluster.url(roles.OWNER, _DATABASE))


def _given_database(demo: Demo, app: str, owner: str) -> Databases:
    screen.say("using the database of DATABASE_OWNER_URL …")
    if app:
        roles.ensure(owner, owner=roles.user_of(owner), app=roles.user_of(app))
    else:
        password = places.read_secret(demo.var / "app-password")
        roles.ensure(owner, owner=roles.user_of(owner), app_password=password)
        app = roles.change_url(owner, user=roles.APP, password=password)
    roles.refuse_powerful(app)
    return Databases(app, owner)


def _open_redis(demo: Demo, env: dict[str, str]) -> str:
    given = os.environ.get("REDIS_URL", "")
    if given:
        valkey.require_answer(given)
        return given
    screen.say("starting Valkey …")
    server = valkey.Server(data=demo.var / "kv", sockets=demo.sockets)
    demo.supervisor.start(server.program(env))
    return server.url


def _environment(
    demo: Demo, databases: Databases, redis_url: str, simulator_port: int | None
) -> dict[str, str]:
    env = programs.base_env(
        DATABASE_URL=databases.app,
        REDIS_URL=redis_url,
        READBACK_VAR=str(demo.var),
        PORT=str(demo.port),
        READBACK_DEMO="1",
    )
    env.setdefault("READBACK_BASE_URL", demo.url)
    env.setdefault("READBACK_SECRET_KEY", places.read_secret(demo.var / "secret"))
    if simulator_port is not None and not env.get("OPENAI_BASE_URL"):
        env["OPENAI_BASE_URL"] = f"http://127.0.0.1:{simulator_port}/v1"
        env["OPENAI_API_KEY"] = "demo-key"
    if simulator_port is not None:
        # The receivers of the demo listen on loopback, where no connector may go by itself.
        env.setdefault("READBACK_EGRESS_ALLOW", f"127.0.0.1:{simulator_port}")
    return env


def _collect_static(demo: Demo, env: dict[str, str]) -> None:
    """Before web starts: it knows only the files that were there then."""
    static = preparation.of_static()
    if preparation.is_collected(demo.var, static):
        return
    screen.say("putting scripts and style sheets together …")
    (demo.var / "static").mkdir(exist_ok=True)
    demo.supervisor.run_once(programs.collect(env))
    preparation.note_collected(demo.var, static)


def _prepare_data(
    demo: Demo, env: dict[str, str], databases: Databases, simulator_port: int | None
) -> None:
    """Migrate and seed; a second start of the same code on the same data has nothing to prepare."""
    with_simulator = {**env, "DATABASE_OWNER_URL": databases.owner}
    if simulator_port is not None:
        with_simulator["READBACK_SIMULATOR_URL"] = f"http://127.0.0.1:{simulator_port}"
    prepared = preparation.of(with_simulator)
    # What a given database holds now, another start cannot know.
    if not os.environ.get("DATABASE_OWNER_URL") and preparation.is_done(demo.var, prepared):
        return
    screen.say("migrating …")
    as_owner = {
        **env,
        "DATABASE_URL": databases.owner,
        "DATABASE_OWNER_URL": databases.owner,
        "READBACK_AS_OWNER": "1",
    }
    arguments = ["migrate", "--no-input", "--verbosity", "0"]
    demo.supervisor.run_once(
        programs.manage("migrate", *arguments, env=as_owner, ready_within=600.0)
    )
    screen.say("setting up the demo workspaces …")
    arguments = ["seed_demo", "--var", str(demo.var)]
    demo.supervisor.run_once(
        programs.manage("seed_demo", *arguments, env=with_simulator, ready_within=120.0)
    )
    preparation.note(demo.var, prepared)


def _children(demo: Demo, env: dict[str, str], simulator_port: int | None) -> list[Program]:
    children = []
    if simulator_port is not None:
        children.append(programs.simulator(env, simulator_port, demo.var / "simulator.json"))
    return [
        *children,
        programs.web(env, demo.port),
        programs.switchboard(env),
        programs.worker(env, demo.var),
        programs.outbox(env),
    ]
